#include "profile/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.h"
#include "catalog/node.h"
#include "profile/csv_text.h"

namespace paragon::profile {
namespace {

std::string set_hash(const LabelledSet& set) {
  std::string all;
  for (const LabelledItem& item : set.items) all += fmt::format("{}\n{}\n", item.name, item.label);
  return sha256_hex(all).substr(0, 16);
}

}  // namespace

Fingerprint fingerprint_of(const ProfileSettings& settings, const Catalog& catalog,
                           const LabelledSet& set, const std::string& host,
                           const std::string& onnxruntime) {
  Fingerprint print = {
      {"format", "2"},
      {"host", host},
      {"onnxruntime", onnxruntime},
      {"labelled set",
       set.empty() ? "none" : fmt::format("{} items, {}", set.items.size(), set_hash(set))},
      {"visit", fmt::format("{} ms, {} runs", milliseconds(settings.visit.at_least),
                            settings.visit.runs_min)},
      {"function visit", fmt::format("{} ms", milliseconds(settings.size_time))},
  };
  for (const Variant& variant : catalog.variants()) {
    print.emplace_back("variant " + variant.name,
                       variant.sha256.empty() ? variant.file : variant.sha256.substr(0, 16));
  }
  return print;
}

std::string fingerprint_text(const Fingerprint& fingerprint) {
  std::string text = "what,value\n";
  for (const auto& [what, value] : fingerprint) {
    text += csv_cell(what) + "," + csv_cell(value) + "\n";
  }
  return text;
}

Status same_settings(const std::string& old, const Fingerprint& now) {
  const std::string text = fingerprint_text(now);
  if (old == text) return {};
  const auto before = lines_of(old), after = lines_of(text);
  for (const auto& line : after) {
    if (std::find(before.begin(), before.end(), line) == before.end()) {
      return {ErrorCode::invalid,
              fmt::format("was measured with other settings: this run has `{}`", line)};
    }
  }
  for (const auto& line : before) {
    if (std::find(after.begin(), after.end(), line) == after.end()) {
      return {ErrorCode::invalid,
              fmt::format("was measured with other settings: that run had `{}`", line)};
    }
  }
  return {ErrorCode::invalid, "was measured with other settings"};
}

}  // namespace paragon::profile
