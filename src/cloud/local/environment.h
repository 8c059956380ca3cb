// One function environment of the local cloud: a worker process in function mode, which runs one
// call at a time.
//
// Its first call pays the cold start: the offer's extra (a place being found), then the start of
// the process and the load of the model. Should that outlast the call, the environment is there for
// the next one. What the worker answers is passed on as it is.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "catalog/offer.h"
#include "catalog/variant.h"
#include "cloud/cloud.h"
#include "cloud/local/host.h"

namespace paragon {

class Environment {
 public:
  // Whoever keeps environments. Must not destroy one from inside these.
  struct Owner {
    virtual void now_idle(Environment& environment) = 0;
    virtual void now_ended(Environment& environment) = 0;  // its process is gone

   protected:
    ~Owner() = default;
  };

  Environment(Loop& loop, Host& host, Owner& owner, int number, FunctionOfferId offer_id,
              const FunctionOffer& offer, VariantId variant_id, const Variant& variant,
              Duration extra, Duration boot_timeout);
  ~Environment();

  // Runs a call; the environment is new or idle. `done` is called exactly once, never from inside
  // run(); not, when it was taken by abandon() before.
  void run(FunctionCall call, Cloud::OnAnswer done);
  // Takes the answer that is still owed, if any.
  Cloud::OnAnswer abandon();
  // Ends an idle environment.
  void retire();

  FunctionOfferId offer() const { return offer_id_; }
  VariantId variant() const { return variant_id_; }
  bool idle() const { return state_ == State::idle; }
  bool retired() const { return retired_; }
  pid_t pid() const { return worker_ ? worker_->child().pid() : 0; }
  Loop::Timer keep_alive;  // the owner's: runs while idle

 private:
  enum class State { placing, starting, idle, busy, ending, ended };

  void start();
  void forward();
  void time_out();
  void answer(Result<FunctionAnswer> result);
  void lose(ErrorCode code, const std::string& what);
  void exited(const Child::Exit& exit);

  Loop& loop_;
  Host& host_;
  Owner& owner_;
  const std::string label_;  // "function lambda-1769mb/garment_s, environment 4"
  const FunctionOfferId offer_id_;
  const VariantId variant_id_;
  const FunctionOffer& offer_;
  const Duration extra_;
  const Duration boot_timeout_;
  Host::Order order_;
  State state_ = State::placing;
  bool cold_ = true;
  bool retired_ = false;
  Time begun_{};  // of the process, then of the run
  Duration initialised_{};
  std::optional<FunctionCall> call_;
  Cloud::OnAnswer done_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<http::Client> client_;
  Loop::Timer start_;  // the extra, then the boot limit
  Loop::Timer call_limit_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace paragon
