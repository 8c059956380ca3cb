// Runs a fuzz target without a fuzzer: the corpus as it is, then so many mutations of it, the same
// ones for the same seed. What `make test` runs everywhere; coverage-guided search needs Clang
// (preset `fuzz`).
//
//   fuzz_NAME [--runs N] [--seed S] [--crash-file FILE] CORPUS...     CORPUS: folders or files
//
// An input that ends the process (or takes more than 20 s) is written to the crash file first, so
// that `fuzz_NAME --runs 0 FILE` repeats it. Exit status: 0 all well, 1 a crash, 2 wrong arguments.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr unsigned kSecondsPerInput = 20;

// What the signal handler needs; nothing in it allocates.
struct AtHand {
  std::string input;
  char crash_file[4096] = "";
  char what[128] = "";
};
AtHand at_hand;

void say(std::string_view text) {
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

void on_crash(int number) {
  say("crash: signal ");
  const char digits[] = {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10),
                         ' '};
  say({digits, sizeof digits});
  say(at_hand.what);
  const int out = open(at_hand.crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (out >= 0 && write(out, at_hand.input.data(), at_hand.input.size()) >= 0) {
    say(", input in ");
    say(at_hand.crash_file);
  }
  say("\n");
  _exit(1);
}

void run(std::string input) {
  at_hand.input = std::move(input);
  alarm(kSecondsPerInput);
  // A copy of exactly its size on the heap: reading behind its end is seen by the sanitizers.
  const std::vector<std::uint8_t> bytes(at_hand.input.begin(), at_hand.input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  alarm(0);
}

std::vector<std::string> read_corpus(const std::vector<std::string>& places) {
  std::vector<std::filesystem::path> files;
  for (const std::string& place : places) {
    if (!std::filesystem::is_directory(place)) {
      files.emplace_back(place);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(place)) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> corpus;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (!in) corpus.pop_back();
  }
  return corpus;
}

bool number(const char* text, std::uint64_t& into) {
  const char* end = text + std::strlen(text);
  const auto [stop, failure] = std::from_chars(text, end, into);
  return failure == std::errc() && stop == end;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 1000;
  std::uint64_t seed = 1;
  std::vector<std::string> places;
  std::snprintf(at_hand.crash_file, sizeof at_hand.crash_file, "crash-%s",
                std::filesystem::path(argv[0]).filename().c_str());
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool more = i + 1 < argc;
    bool good = true;
    if (argument == "--runs") {
      good = more && number(argv[++i], runs);
    } else if (argument == "--seed") {
      good = more && number(argv[++i], seed);
    } else if (argument == "--crash-file" && more) {
      std::snprintf(at_hand.crash_file, sizeof at_hand.crash_file, "%s", argv[++i]);
    } else {
      good = std::filesystem::exists(argument);
      places.push_back(argument);
    }
    if (!good) {
      std::fprintf(stderr,
                   "%s: '%s': expected --runs N, --seed S, --crash-file FILE, or a corpus\n",
                   argv[0], argument.c_str());
      return 2;
    }
  }
  const std::vector<std::string> corpus = read_corpus(places);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no corpus: name a folder or files\n", argv[0]);
    return 2;
  }
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) {
    std::signal(number, on_crash);
  }
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    std::snprintf(at_hand.what, sizeof at_hand.what, "in file %zu of the corpus", i + 1);
    run(corpus[i]);
  }
  paragon::fuzz::Mutator mutator(corpus, seed);
  for (std::uint64_t i = 1; i <= runs; ++i) {
    std::snprintf(at_hand.what, sizeof at_hand.what, "in run %llu of seed %llu",
                  static_cast<unsigned long long>(i), static_cast<unsigned long long>(seed));
    run(mutator.next());
  }
  std::printf("%zu inputs of the corpus and %llu mutations: no crash\n", corpus.size(),
              static_cast<unsigned long long>(runs));
  return 0;
}
