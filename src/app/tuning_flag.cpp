#include "app/tuning_flag.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

namespace paragon {

CLI::Option* add_tuning_flag(CLI::App& command, std::vector<std::string>& set) {
  return command.add_option("--set", set, "A knob of the scheme: name=value; may be repeated");
}

Status tune(const std::vector<std::string>& set, Tuning& tuning) {
  for (const std::string& one : set) {
    const std::size_t equals = one.find('=');
    double value = 0;
    const char* end = one.data() + one.size();
    const bool number = equals != std::string::npos && equals > 0 &&
                        std::from_chars(one.data() + equals + 1, end, value).ptr == end &&
                        equals + 1 < one.size() && std::isfinite(value);
    if (!number) {
      return {ErrorCode::invalid,
              fmt::format("--set: got '{}', expected the name of a knob and a number, such as "
                          "hold_s=120",
                          one)};
    }
    tuning.insert_or_assign(one.substr(0, equals), value);
  }
  return {};
}

}  // namespace paragon
