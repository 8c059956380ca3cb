#include "cloud/aws/command_words.h"

namespace paragon::aws {

Result<std::vector<std::string>> command_words(std::string_view line) {
  const auto wrong = [](const char* what) {
    return Error{ErrorCode::invalid, std::string(what) + "; write it as for a shell"};
  };
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;  // the one that is open
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'') {
      if (at + 1 == line.size()) return wrong("the command ends with a backslash");
      const char next = line[at + 1];
      if (quote == '"' && next != '"' && next != '\\') {
        words.back() += c;
      } else {
        words.back() += next;
        ++at;
      }
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) return wrong("the command has a quote that is not closed");
  if (words.empty()) return wrong("the command is empty");
  return words;
}

}  // namespace paragon::aws
