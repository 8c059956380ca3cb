#include "cloud/aws/profile_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace paragon::aws {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The profile (or session) that a part in brackets is about; empty when it is about something else.
std::string profile_named(std::string_view title, ProfileFile kind) {
  if (kind == ProfileFile::credentials || (kind == ProfileFile::config && title == "default"))
    return std::string(title);
  const std::string_view word = kind == ProfileFile::config ? "profile" : "sso-session";
  if (!title.starts_with(word) || title.size() == word.size() ||
      kBlanks.find(title[word.size()]) == std::string_view::npos) {
    return {};
  }
  title = trimmed(title.substr(word.size()));
  if (title.size() >= 2 && (title.front() == '"' || title.front() == '\'') &&
      title.back() == title.front()) {
    title = title.substr(1, title.size() - 2);
  }
  return std::string(title);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

Result<Profiles> parse_profiles(std::string_view text, ProfileFile kind, const std::string& where) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // some editors' mark
  Profiles out;
  ProfileFields* fields = nullptr;
  bool in_part = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto wrong = [&](const char* what) {
      return Error{ErrorCode::invalid, fmt::format("{}:{}: {}", where, number, what)};
    };
    const std::string_view said = trimmed(line);
    if (said.empty() || said.front() == '#' || said.front() == ';') continue;
    if (line.front() == ' ' || line.front() == '\t') {
      if (!in_part) return wrong("an indented line before the first part in brackets");
      continue;
    }
    if (said.front() == '[') {
      const std::size_t close = said.find(']');
      if (close == std::string_view::npos) return wrong("a part whose ']' is missing");
      const std::string name = profile_named(trimmed(said.substr(1, close - 1)), kind);
      fields = name.empty() ? nullptr : &out[name];
      in_part = true;
      continue;
    }
    const std::size_t equals = said.find('=');
    if (equals == std::string_view::npos || equals == 0) return wrong("expected name = value");
    if (!in_part) return wrong("a value before the first part in brackets");
    if (fields) {
      (*fields)[lower(trimmed(said.substr(0, equals)))] = trimmed(said.substr(equals + 1));
    }
  }
  return out;
}

}  // namespace paragon::aws
