// The model's own run: CPU time of one inference, nothing around it.
//
//   bench_serve_model MODEL.onnx [runs]
//
// Prints nanoseconds of this thread's CPU time a run: the median over twenty parts. The caches are
// hot, which no server has between two requests, so this is the least that may be subtracted from a
// server's CPU time to get "everything but the model's own run".
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "worker/model_session.h"

namespace {

std::int64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

int fail(const std::string& message) {
  std::fprintf(stderr, "bench_serve_model: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fail("usage: bench_serve_model MODEL.onnx [runs]");
  const long runs = argc > 2 ? std::atol(argv[2]) : 20'000;
  auto session = paragon::ModelSession::open(argv[1], 1);
  if (!session) return fail(session.error().message);
  const auto& inputs = (*session)->inputs();
  if (inputs.size() != 1 || inputs[0].type != paragon::oip::DataType::fp32) {
    return fail("expected a network with one FP32 input");
  }
  std::vector<std::int64_t> shape = inputs[0].shape;
  std::size_t numbers = 1;
  for (auto& side : shape) {
    side = std::max<std::int64_t>(1, side);
    numbers *= static_cast<std::size_t>(side);
  }
  const std::vector<float> data(numbers, 0.5F);
  const paragon::ModelSession::Input input{data.data(), numbers * sizeof(float), shape};
  paragon::ModelSession::Run run;
  std::vector<double> parts;
  for (int part = 0; part < 21; ++part) {
    const long in_part = std::max(1L, runs / 20);
    const auto begun = thread_cpu_ns();
    for (long i = 0; i < in_part; ++i) {
      if (auto status = (*session)->run({&input, 1}, 1, run); !status) {
        return fail(status.error().message);
      }
    }
    if (part > 0) {  // the first warms up
      parts.push_back(static_cast<double>(thread_cpu_ns() - begun) / static_cast<double>(in_part));
    }
  }
  std::nth_element(parts.begin(), parts.begin() + 10, parts.end());
  std::printf("%.0f\n", parts[10]);
}
