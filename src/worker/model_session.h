// A network loaded into ONNX Runtime: tensors in, tensors out, no copies.
//
// One session a variant. Operators run one after the other on the caller's thread, with
// `intra_threads` - 1 helpers that sleep when idle: spinning would take the CPU from the other
// sessions (on small networks ten times their own run).
// Thread-safety: run() from any number of threads at once, each with its own Run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/tensor.h"

namespace paragon {

// What a network says of an input or an output. -1 in the shape: any length.
struct TensorSpec {
  std::string name;
  oip::DataType type = oip::DataType::fp32;
  std::vector<std::int64_t> shape;
};

class ModelSession {
 public:
  // Errors: not_found (no such file), invalid (not a network, or broken), unsupported (inputs or
  // outputs that are not plain numeric tensors). Takes milliseconds to seconds.
  static Result<std::unique_ptr<ModelSession>> open(const std::string& file, int intra_threads);
  ~ModelSession();

  const std::vector<TensorSpec>& inputs() const { return inputs_; }
  const std::vector<TensorSpec>& outputs() const { return outputs_; }

  // Memory of the caller that holds one input, row-major. Stays as it is during run().
  struct Input {
    const void* data = nullptr;
    std::size_t bytes = 0;
    std::span<const std::int64_t> shape;
  };
  struct Output {
    std::vector<std::int64_t> shape;
    const void* data = nullptr;
    std::size_t bytes = 0;
  };
  // Holds the outputs of the last run() it was given to.
  class Run {
   public:
    Run();
    ~Run();
    Run(Run&&) noexcept;
    const std::vector<Output>& outputs() const { return outputs_; }

   private:
    friend class ModelSession;
    struct Values;
    std::unique_ptr<Values> values_;
    std::vector<Output> outputs_;
  };

  // Runs the network on inputs given in the order of inputs(); computes the first `wanted` outputs.
  // Errors: invalid, with what ONNX Runtime says of the shapes.
  Status run(std::span<const Input> inputs, std::size_t wanted, Run& run);

 private:
  struct Impl;
  explicit ModelSession(std::unique_ptr<Impl> impl);
  Status describe();

  std::unique_ptr<Impl> impl_;
  std::vector<TensorSpec> inputs_;
  std::vector<TensorSpec> outputs_;
};

// The version of the library that is running, such as "1.29.0".
std::string onnxruntime_version();

}  // namespace paragon
