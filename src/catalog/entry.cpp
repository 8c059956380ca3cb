#include "catalog/entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

namespace paragon {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "512MB" starts as a number: say that the unit does not belong there.
std::string number_hint(const std::string& text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0]))
             ? " (digits only: the unit is in the field's name)"
             : "";
}

std::string with_prefix(const std::string& prefix, const std::string& field) {
  return prefix.empty() ? field : prefix + "." + field;
}

std::string range(const std::string& kind, double least, double most) {
  if (least <= std::numeric_limits<double>::lowest() && most >= 1e300) return kind;
  return fmt::format("{} from {} to {}", kind, least, most);
}

}  // namespace

Entry::Entry(const Node& node, std::string file, std::string name, Complaints& complaints)
    : node_(node), file_(std::move(file)), name_(std::move(name)), complaints_(complaints) {}

Entry::Entry(const Node& node, std::string file, std::string name, Complaints& complaints,
             const std::optional<Defaults>& defaults)
    : Entry(node, std::move(file), std::move(name), complaints) {
  if (defaults) defaults_ = &*defaults;
}

const Node* Entry::look(const std::string& field) const {
  const Node* found = node_.find(field);
  if (!found && defaults_) found = defaults_->fields.find(field);
  return found;
}

Spot Entry::spot(const std::string& field) const {
  if (const Node* own = node_.find(field)) return {file_, own->line, with_prefix(name_, field)};
  const Node* by_default = defaults_ ? defaults_->fields.find(field) : nullptr;
  if (by_default) return {defaults_->file, by_default->line, with_prefix(defaults_->name, field)};
  return {file_, node_.line, with_prefix(name_, field)};
}

std::vector<std::string> Entry::fields() const {
  std::vector<std::string> names;
  for (const auto& field : node_.fields) names.push_back(field.name);
  if (!defaults_) return names;
  for (const auto& field : defaults_->fields.fields) {
    if (!node_.find(field.name)) names.push_back(field.name);
  }
  return names;
}

bool Entry::is_map(const std::string& field) const {
  const Node* found = look(field);
  return found && found->is(Node::Kind::map);
}

void Entry::complain(const std::string& field, const std::string& got,
                     const std::string& expected) {
  const Spot where = spot(field);
  complaints_.add(where.file, where.line, where.field, got, expected);
}

void Entry::require(const std::string& field, const std::string& expected) {
  if (!has(field)) complain(field, "nothing", expected);
}

const Node* Entry::take(const std::string& field, Node::Kind kind, const char* expected) {
  asked_.insert(field);
  const Node* found = look(field);
  if (!found) return nullptr;
  if (!found->is(kind) || (kind == Node::Kind::text && trimmed(found->text).empty())) {
    complain(field, describe(*found), expected);
    return nullptr;
  }
  return found;
}

std::optional<std::string> Entry::text(const std::string& field) {
  const Node* found = take(field, Node::Kind::text, "a text");
  if (!found) return std::nullopt;
  return trimmed(found->text);
}

std::optional<double> Entry::parse_number(const std::string& field, const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    complain(field, in_quotes(text), "a number" + number_hint(text));
    return std::nullopt;
  }
  return value;
}

std::optional<double> Entry::number(const std::string& field, double least, double most) {
  const Node* found = take(field, Node::Kind::text, "a number");
  if (!found) return std::nullopt;
  const auto value = parse_number(field, trimmed(found->text));
  if (!value) return std::nullopt;
  if (*value < least || *value > most) {
    complain(field, plain(*value), range("a number", least, most));
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> Entry::integer(const std::string& field, std::int64_t least,
                                           std::int64_t most) {
  const Node* found = take(field, Node::Kind::text, "a whole number");
  if (!found) return std::nullopt;
  const std::string text = trimmed(found->text);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool read = failure == std::errc() && end == text.data() + text.size();
  if (!read || value < least || value > most) {
    constexpr auto kAnyInt = std::numeric_limits<int>::max();
    const bool any = least <= -kAnyInt && most >= kAnyInt && !read;
    complain(field, in_quotes(text),
             "a whole number" + (any ? "" : fmt::format(" from {} to {}", least, most)) +
                 (read ? "" : number_hint(text)));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> Entry::flag(const std::string& field) {
  static constexpr Choice<bool> kWords[] = {{"true", true}, {"false", false}};
  return choice(field, kWords);
}

std::optional<std::vector<std::string>> Entry::texts(const std::string& field) {
  asked_.insert(field);
  const Node* found = look(field);
  if (!found) return std::nullopt;
  std::vector<std::string> out;
  if (found->is(Node::Kind::text)) {
    for (std::size_t from = 0; from <= found->text.size();) {
      const std::size_t comma = std::min(found->text.find(',', from), found->text.size());
      out.push_back(trimmed(found->text.substr(from, comma - from)));
      from = comma + 1;
    }
  } else if (found->is(Node::Kind::list)) {
    for (const Node& item : found->items) {
      if (!item.is(Node::Kind::text)) {
        complain(field, "an item that is " + describe(item), "a list of texts");
        return std::nullopt;
      }
      out.push_back(trimmed(item.text));
    }
  } else {
    complain(field, describe(*found), "a list");
    return std::nullopt;
  }
  if (std::ranges::any_of(out, &std::string::empty)) {
    complain(field, "an empty item", "a list without empty items");
    return std::nullopt;
  }
  return out;
}

std::optional<std::vector<double>> Entry::numbers(const std::string& field) {
  const auto items = texts(field);
  if (!items) return std::nullopt;
  std::vector<double> out;
  for (const std::string& item : *items) {
    const auto value = parse_number(field, item);
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

std::optional<Duration> Entry::duration(const std::string& field, Duration unit) {
  const auto value = number(field, 0, 1e8 / seconds(unit));
  if (!value) return std::nullopt;
  // Through a rounded count of nanoseconds, so that 0.008 ms is 8 us and not 7.999.
  return Duration(std::llround(*value * static_cast<double>(unit.count())));
}

std::optional<Defaults> Entry::defaults(const std::string& field) {
  const Node* fields = node(field, Node::Kind::map);
  if (!fields) return std::nullopt;
  Spot where = spot(field);
  return Defaults{*fields, std::move(where.file), std::move(where.field)};
}

const Node* Entry::node(const std::string& field, Node::Kind kind) {
  return take(field, kind,
              kind == Node::Kind::map    ? "a map (key: value)"
              : kind == Node::Kind::list ? "a list"
                                         : "a text");
}

void Entry::no_more() {
  complain_of_unknown(node_, file_, name_);
  if (defaults_) complain_of_unknown(defaults_->fields, defaults_->file, defaults_->name);
}

void Entry::complain_of_unknown(const Node& fields, const std::string& file,
                                const std::string& prefix) {
  for (const auto& [field, value] : fields.fields) {
    if (asked_.contains(field)) continue;
    const auto meant = nearest(field, asked_);
    complaints_.add(file, value.line,
                    fmt::format("{}: unknown field{}", with_prefix(prefix, field),
                                meant ? ", did you mean " + in_quotes(*meant) + "?" : ""));
  }
}

bool Entry::same_word(const std::string& a, const char* b) {
  const std::string other = b;
  return std::ranges::equal(a, other, [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::optional<std::string> nearest(const std::string& word,
                                   const std::set<std::string>& candidates) {
  if (word.size() > 100) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), 0u);
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0]++;
      for (std::size_t k = 1; k <= candidate.size(); ++k) {
        const std::size_t change = diagonal + (word[i - 1] != candidate[k - 1]);
        diagonal = row[k];
        row[k] = std::min({row[k] + 1, row[k - 1] + 1, change});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace paragon
