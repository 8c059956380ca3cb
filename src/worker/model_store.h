// Which variants are in memory: loads on demand, drops the least recently used ones when room is
// needed.
//
// Room is counted by the catalog's `memory` of each variant against one limit; what the process
// itself needs is part of each of those figures and counts once. A variant that queries use stays;
// when only such ones are in the way, the load waits until one is let go. One load at a time per
// variant, however many ask. What can never fit is refused at once. Owns no thread: loading is done
// by the function it is given, which answers later on the same thread. Thread-safety: one thread
// only (the loop's); a Lease is let go on that thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "worker/model.h"

namespace paragon {

class ModelStore {
 public:
  using Loaded = std::function<void(Result<std::shared_ptr<Model>>)>;
  using Load = std::function<void(VariantId, Loaded)>;  // calls back exactly once, later

  // What a worker needs before it holds any variant: the program and ONNX Runtime. Measured by
  // bench/start: with a network of 8 KB it peaks at 34.0 MB (11.8 MB before the first network).
  static constexpr Memory kProcess = megabytes(33);
  static Memory footprint(const Variant& variant);  // on top of that; at least 1 MB

  // limit 0: none.
  ModelStore(const Catalog& catalog, Memory limit, Load load);

  // Keeps a model in memory; movable, empty after a move.
  class Lease {
   public:
    Lease() = default;
    Lease(ModelStore* store, std::shared_ptr<Model> model);
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();
    const Model& operator*() const { return *model_; }
    const Model* operator->() const { return model_.get(); }
    explicit operator bool() const { return model_ != nullptr; }

   private:
    void release();
    ModelStore* store_ = nullptr;
    std::shared_ptr<Model> model_;
  };

  // A lease at once when the variant is in memory; empty otherwise.
  Lease find(VariantId variant);
  // Calls `done` now or later, exactly once. Errors: those of load_model, and
  // insufficient_capacity when the variant is larger than the limit.
  void acquire(VariantId variant, std::function<void(Result<Lease>)> done);
  // Drops it as soon as no query uses it. Dropping what is not loaded is fine.
  void unload(VariantId variant);

  enum class State { unloaded, loading, ready, unloading };
  State state(VariantId variant) const;
  const std::string& last_failure(VariantId variant) const;  // of the last load; empty: none
  const Model* peek(VariantId variant) const;  // loaded, without using it; null when not
  Memory used() const { return used_ + kProcess; }
  bool has_room(VariantId variant) const;  // without dropping any other

 private:
  struct Entry {
    State state = State::unloaded;
    std::shared_ptr<Model> model;
    int leases = 0;
    std::uint64_t last_used = 0;
    std::vector<std::function<void(Result<Lease>)>> waiting;
    std::string failure;
  };

  bool make_room(Memory wanted);
  void start(VariantId variant);
  void finished(VariantId variant, Result<std::shared_ptr<Model>> result);
  void drop(Entry& entry);
  void release(VariantId variant);
  void try_queued();

  const Catalog& catalog_;
  Memory limit_;
  Load load_;
  std::vector<Entry> entries_;
  std::deque<VariantId> queued_;  // want to load, no room yet
  Memory used_{};
  std::uint64_t tick_ = 0;
};

}  // namespace paragon
