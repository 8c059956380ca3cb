// Accuracy and speed of the garment networks in ONNX Runtime, the library that serves them.
//
//   measure accuracy IMAGES.gz LABELS.gz FIRST COUNT MODEL...   right answers, one thread, batches
//   measure latency ROUNDS MODEL...                             one picture at a time, one thread
//
// Prints CSV. Latency: all models are loaded, then visited in turn, ROUNDS times; a visit runs a
// model for at least 50 ms and 20 runs after 5 that do not count. A run is timed by the processor
// time of its thread: on an idle core that is the latency, and on a busy machine it leaves out the
// waiting for a core. The figures are those of the visit with the lowest median, since what
// disturbs a visit (a shared cache, the core's other thread) only ever adds time; the median over
// all visits stands beside it, so that the noise can be seen.
#include <onnxruntime_cxx_api.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kPixels = 28 * 28;
constexpr float kMean = 72.93F;
constexpr float kStd = 90.015F;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Processor time of this thread so far. ONNX Runtime works in the caller's thread here.
double processor_ms() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

// `count` bytes of a gzipped file from `offset` on.
std::vector<std::uint8_t> read(const char* path, std::size_t offset, std::size_t count) {
  std::vector<std::uint8_t> bytes(offset + count);
  gzFile file = gzopen(path, "rb");
  if (file == nullptr) throw std::runtime_error(std::string("cannot open ") + path);
  const int got = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  if (got != static_cast<int>(bytes.size()))
    throw std::runtime_error(std::string(path) + " is shorter than asked for");
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  return bytes;
}

class Model {
 public:
  Model(Ort::Env& env, const std::string& path)
      : path_(path), session_(env, path.c_str(), options()) {}

  // Probabilities (n x 10) of `pixels` (n x 28 x 28, normalised).
  std::vector<float> run(std::vector<float>& pixels) {
    const std::array<std::int64_t, 4> shape{static_cast<std::int64_t>(pixels.size() / kPixels), 1,
                                            28, 28};
    auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    auto input = Ort::Value::CreateTensor<float>(memory, pixels.data(), pixels.size(), shape.data(),
                                                 shape.size());
    const char* in = "input";
    const char* out = "probabilities";
    auto answer = session_.Run(Ort::RunOptions{nullptr}, &in, &input, 1, &out, 1);
    const float* data = answer[0].GetTensorData<float>();
    return {data, data + pixels.size() / kPixels * 10};
  }

  const std::string& path() const { return path_; }

 private:
  static Ort::SessionOptions options() {
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    options.SetInterOpNumThreads(1);
    options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    return options;
  }

  std::string path_;
  Ort::Session session_;
};

void accuracy(Ort::Env& env, char** words, int count) {
  const std::size_t first = std::stoul(words[2]);
  const std::size_t total = std::stoul(words[3]);
  constexpr std::size_t kImageHeader = 16;
  constexpr std::size_t kLabelHeader = 8;
  const auto images = read(words[0], kImageHeader + first * kPixels, total * kPixels);
  const auto labels = read(words[1], kLabelHeader + first, total);
  std::puts("model,images,right");
  for (int i = 4; i < count; ++i) {
    Model model(env, words[i]);
    std::size_t right = 0;
    constexpr std::size_t kBatch = 50;
    for (std::size_t start = 0; start < total; start += kBatch) {
      const std::size_t n = std::min(kBatch, total - start);
      std::vector<float> pixels(n * kPixels);
      for (std::size_t j = 0; j < pixels.size(); ++j)
        pixels[j] = (static_cast<float>(images[start * kPixels + j]) - kMean) / kStd;
      const auto probabilities = model.run(pixels);
      for (std::size_t j = 0; j < n; ++j) {
        const auto* row = probabilities.data() + j * 10;
        right += std::max_element(row, row + 10) - row == labels[start + j];
      }
    }
    std::printf("%s,%zu,%zu\n", model.path().c_str(), total, right);
    std::fflush(stdout);
  }
}

struct Visits {
  double load_ms;
  double best_median = 1e9;
  double best_p99 = 0;
  double least_processor = 1e9;
  std::vector<double> medians;
};

void latency(Ort::Env& env, char** words, int count) {
  const int rounds = std::stoi(words[0]);
  std::vector<Model> models;
  std::vector<Visits> visits;
  for (int i = 1; i < count; ++i) {
    std::vector<double> loads;
    for (int k = 0; k < 5; ++k) {
      const auto start = Clock::now();
      Model model(env, words[i]);
      loads.push_back(milliseconds_since(start));
      if (k == 4) models.push_back(std::move(model));
    }
    visits.push_back({.load_ms = quantile(loads, 0.5), .medians = {}});
  }
  std::vector<float> picture(kPixels);
  for (std::size_t i = 0; i < kPixels; ++i) picture[i] = static_cast<float>(i % 29) / 10 - 0.8F;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < models.size(); ++i) {
      for (int k = 0; k < 5; ++k) models[i].run(picture);
      std::vector<double> runs;
      const double before = processor_ms();
      for (const auto start = Clock::now(); runs.size() < 20 || milliseconds_since(start) < 50;) {
        const double begin = processor_ms();
        models[i].run(picture);
        runs.push_back(processor_ms() - begin);
      }
      const double processor = (processor_ms() - before) / static_cast<double>(runs.size());
      visits[i].least_processor = std::min(visits[i].least_processor, processor);
      const double median = quantile(runs, 0.5);
      visits[i].medians.push_back(median);
      if (median < visits[i].best_median) {
        visits[i].best_median = median;
        visits[i].best_p99 = quantile(runs, 0.99);
      }
    }
  }
  std::puts(
      "model,latency_ms_median,latency_ms_p99,latency_ms_median_all_visits,cpu_ms_mean,"
      "load_ms");
  for (std::size_t i = 0; i < models.size(); ++i)
    std::printf("%s,%.4f,%.4f,%.4f,%.4f,%.1f\n", models[i].path().c_str(), visits[i].best_median,
                visits[i].best_p99, quantile(visits[i].medians, 0.5), visits[i].least_processor,
                visits[i].load_ms);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string what = argc > 1 ? argv[1] : "";
  Ort::Env env(ORT_LOGGING_LEVEL_ERROR, "measure");
  if (what == "accuracy" && argc > 6) {
    accuracy(env, argv + 2, argc - 2);
  } else if (what == "latency" && argc > 3) {
    latency(env, argv + 2, argc - 2);
  } else {
    std::fputs(
        "usage: measure accuracy IMAGES.gz LABELS.gz FIRST COUNT MODEL...\n"
        "       measure latency ROUNDS MODEL...\n",
        stderr);
    return 2;
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "measure: %s\n", error.what());
  return 1;
}
