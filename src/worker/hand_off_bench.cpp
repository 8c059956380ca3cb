// When is preparing a query worth another thread? The constants of worker_server.cpp come from
// here: what a hand-off to the loop's pool and back costs beside decoding and parsing of several
// sizes.
#include <benchmark/benchmark.h>

#include <string>

#include "wire/loop.h"
#include "wire/oip.h"
#include "worker/preprocess.h"
#include "worker/samples.h"

namespace paragon {
namespace {

// To the pool and back, nothing done there, the loop asleep before each.
void BM_hand_off(benchmark::State& state) {
  Loop loop;
  for (auto _ : state) {
    loop.defer_to_pool([] {}, [&loop] { loop.stop(); });
    loop.run();
  }
}
BENCHMARK(BM_hand_off)->UseRealTime();

// Smooth content with some noise, so that file sizes are those of photographs.
std::vector<std::uint8_t> photograph(int side) {
  auto pixels = samples::noise(static_cast<std::size_t>(side) * side * 3);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto x = static_cast<int>(i / 3) % side;
    const auto y = static_cast<int>(i / 3) / side;
    pixels[i] = static_cast<std::uint8_t>((x * 200 / side + y * 40 / side) + pixels[i] % 12);
  }
  return pixels;
}

Preprocessor for_network(int side) {
  Preprocessing how;
  how.width = side;
  how.height = side;
  return Preprocessor(how);
}

void prepare(benchmark::State& state, const std::string& file, int side) {
  const Preprocessor preprocessor = for_network(side);
  Preprocessor::Scratch scratch;
  Picture picture;
  std::vector<float> out(preprocessor.numbers());
  for (auto _ : state) {
    if (!decode_picture(file, picture)) state.SkipWithError("not a picture");
    preprocessor.run(picture.view(), out.data(), scratch);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(file.size());
}

// Decoding and preprocessing, by the side of the picture; the counter says how large the file is.
void BM_png(benchmark::State& state) {
  const auto side = static_cast<int>(state.range(0));
  auto grey = photograph(side);
  grey.resize(static_cast<std::size_t>(side) * side);
  prepare(state,
          samples::png(static_cast<std::uint32_t>(side), static_cast<std::uint32_t>(side), grey,
                       {.colour = PNG_COLOR_TYPE_GRAY}),
          28);
}
BENCHMARK(BM_png)->Arg(28)->Arg(64)->Arg(128);

void BM_jpeg(benchmark::State& state) {
  const auto side = static_cast<int>(state.range(0));
  prepare(state, samples::jpeg(side, side, photograph(side), 3, JCS_RGB), 224);
}
BENCHMARK(BM_jpeg)->Arg(32)->Arg(64)->Arg(128)->Arg(224)->Arg(512);

// Preprocessing alone, by the side of a picture that comes as pixels.
void BM_pixels(benchmark::State& state) {
  const auto side = static_cast<int>(state.range(0));
  const auto pixels = photograph(side);
  const Preprocessor preprocessor = for_network(224);
  Preprocessor::Scratch scratch;
  std::vector<float> out(preprocessor.numbers());
  for (auto _ : state) {
    preprocessor.run({side, side, 3, pixels.data()}, out.data(), scratch);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(pixels.size());
}
BENCHMARK(BM_pixels)->Arg(32)->Arg(128)->Arg(224)->Arg(296)->Arg(640);

// Parsing a JSON request whose numbers take so many bytes.
void BM_json(benchmark::State& state) {
  std::string numbers;
  std::size_t count = 0;
  for (; numbers.size() < static_cast<std::size_t>(state.range(0)); ++count) {
    numbers += (count ? ",0." : "0.") + std::to_string(1000 + count % 9000);
  }
  const std::string body = R"({"inputs":[{"name":"input","datatype":"FP32","shape":[)" +
                           std::to_string(count) + R"(],"data":[)" + numbers + "]}]}";
  for (auto _ : state) {
    auto parsed = oip::parse_request("application/json", "", body);
    if (!parsed) state.SkipWithError(parsed.error().message.c_str());
    benchmark::DoNotOptimize(parsed);
  }
}
BENCHMARK(BM_json)->Arg(4 << 10)->Arg(64 << 10)->Arg(256 << 10)->Arg(1 << 20);

}  // namespace
}  // namespace paragon
