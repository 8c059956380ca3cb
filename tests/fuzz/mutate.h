// Mutations of a corpus, the same ones for the same seed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace paragon::fuzz {

class Mutator {
 public:
  // The corpus must hold something and outlive the mutator.
  Mutator(const std::vector<std::string>& corpus, std::uint64_t seed)
      : corpus_(corpus), random_(seed) {}

  // An input of the corpus with one to eight changes.
  std::string next() {
    std::string text = any();
    for (std::uint64_t changes = 1 + random_.below(8); changes > 0; --changes) change(text);
    return text;
  }

 private:
  static constexpr std::size_t kLargest = 1 << 20;

  // Numbers at the edges of types and words that mean something to one reader or another.
  static constexpr std::string_view kWords[] = {"0",
                                                "-1",
                                                "1e308",
                                                "-1e308",
                                                "nan",
                                                "inf",
                                                "9223372036854775807",
                                                "-9223372036854775808",
                                                "18446744073709551616",
                                                "4294967296",
                                                "0.1",
                                                "1e-320",
                                                "null",
                                                "true",
                                                "[",
                                                "]",
                                                "{",
                                                "}",
                                                "\"",
                                                ",",
                                                ":",
                                                "=",
                                                "\n",
                                                "\r\n",
                                                "\r\n\r\n",
                                                " ",
                                                "\t",
                                                "#",
                                                "- ",
                                                "*a",
                                                "&a",
                                                "\\u0000",
                                                "\\ud800",
                                                "%00",
                                                "%",
                                                "chunked",
                                                "Content-Length: 1",
                                                "\xff",
                                                "\xef\xbb\xbf"};

  const std::string& any() { return corpus_[random_.below(corpus_.size())]; }
  // A place in the text, its end included.
  std::size_t place(const std::string& text) { return random_.below(text.size() + 1); }
  // A piece of the text, mostly a short one.
  std::string_view piece(std::string_view text) {
    const std::size_t from = random_.below(text.size() + 1);
    const std::size_t most = random_.chance(0.8) ? 16 : text.size();
    return text.substr(from, random_.below(most + 1));
  }
  char byte() { return static_cast<char>(random_.below(256)); }

  void change(std::string& text) {
    const std::size_t at = place(text);
    switch (random_.below(9)) {
      case 0:  // one bit
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random_.below(8)));
        return;
      case 1:  // one byte
        if (at < text.size()) text[at] = byte();
        return;
      case 2:  // a few bytes more
        for (std::uint64_t more = 1 + random_.below(8); more > 0; --more)
          text.insert(at, 1, byte());
        return;
      case 3:  // a piece less
        text.erase(at, piece(text).size());
        return;
      case 4:  // the end cut off
        if (random_.chance(0.3)) text.resize(at);
        return;
      case 5: {  // a piece of its own once more, perhaps often
        const std::string again(piece(text));
        const std::uint64_t times = random_.chance(0.05) ? random_.below(2000) : 1;
        for (std::uint64_t i = 0; i < times && text.size() < kLargest; ++i) text.insert(at, again);
        return;
      }
      case 6:  // a piece of another input
        text.insert(at, piece(any()));
        return;
      case 7:  // a word instead of what is there
        text.replace(at, std::min<std::size_t>(random_.below(8), text.size() - at),
                     kWords[random_.below(std::size(kWords))]);
        return;
      default:  // a number replaced
        replace_number(text, at);
        return;
    }
  }

  void replace_number(std::string& text, std::size_t from) {
    const std::size_t begin = text.find_first_of("0123456789", from);
    if (begin == std::string::npos) return;
    const std::size_t end = std::min(text.find_first_not_of("0123456789.", begin), text.size());
    text.replace(begin, end - begin, kWords[random_.below(12)]);
  }

  const std::vector<std::string>& corpus_;
  Random random_;
};

}  // namespace paragon::fuzz
