#include "app/flag_checks.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "catalog/complaints.h"

namespace paragon {
namespace {

template <class Number>
std::optional<Number> parse(const std::string& text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::string wrong(const std::string& got, const std::string& expected) {
  return fmt::format("got {}, expected {}", in_quotes(got), expected);
}

// The range's own description stays: it is what --help shows.
template <class Number, class Fits>
CLI::Validator number(CLI::Validator description, std::string expected, Fits fits) {
  return description.operation([expected = std::move(expected), fits](std::string& text) {
    const auto value = parse<Number>(text);
    return value && fits(*value) ? std::string() : wrong(text, expected);
  });
}

template <class Number>
CLI::Validator range(Number least, Number most, const char* kind) {
  return number<Number>(CLI::Range(least, most), fmt::format("{} from {} to {}", kind, least, most),
                        [=](Number value) { return value >= least && value <= most; });
}

// A number that begins with 0 would be read as an octal one.
template <class Number>
CLI::Validator whole(std::string expected) {
  return {[expected = std::move(expected)](std::string& text) {
            const bool octal = text.size() > 1 && text.find_first_not_of('-') == text.find('0');
            return parse<Number>(text) && !octal ? std::string() : wrong(text, expected);
          },
          ""};
}

}  // namespace

CLI::Validator between(int least, int most) { return range(least, most, "a whole number"); }
CLI::Validator between(double least, double most) { return range(least, most, "a number"); }

CLI::Validator above_zero() {
  return number<double>(CLI::PositiveNumber, "a number above 0",
                        [](double value) { return value > 0 && std::isfinite(value); });
}

CLI::Validator above_zero(double most) {
  return number<double>(CLI::PositiveNumber, fmt::format("a number above 0, at most {}", most),
                        [most](double value) { return value > 0 && value <= most; });
}

CLI::Validator zero_or_more() {
  return number<double>(CLI::NonNegativeNumber, "a number, 0 or above",
                        [](double value) { return value >= 0 && std::isfinite(value); });
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  std::string expected;
  for (std::size_t i = 0; i < words.size(); ++i) {
    expected += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  CLI::IsMember described(words);
  return described.operation([words, expected](std::string& text) {
    const bool known = std::find(words.begin(), words.end(), text) != words.end();
    return known ? std::string() : wrong(text, expected);
  });
}

void check_numbers(CLI::App& command) {
  using Most = std::numeric_limits<std::uint64_t>;
  for (CLI::Option* option : command.get_options()) {
    const std::string type = option->get_type_name();
    if (type.starts_with("UINT")) {
      option->check(whole<std::uint64_t>(fmt::format("a whole number from 0 to {}", Most::max())));
    } else if (type.starts_with("INT")) {
      option->check(whole<std::int64_t>("a whole number"));
    } else if (type.starts_with("FLOAT")) {
      option->check(number<double>({}, "a number", [](double) { return true; }));
    }
  }
  for (CLI::App* subcommand : command.get_subcommands({})) check_numbers(*subcommand);
}

}  // namespace paragon
