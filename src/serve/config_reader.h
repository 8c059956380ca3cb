// Reading a configuration file key by key, with every complaint in the end. For the .cpp files that
// read one: includes yaml-cpp.
#pragma once

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace paragon {

// Walks a YAML mapping key by key and collects complaints.
class ConfigReader {
 public:
  explicit ConfigReader(std::string file) : file_(std::move(file)) {}

  using Take = std::function<void(const YAML::Node&)>;
  using Keys = std::map<std::string, Take>;
  using Lines = std::map<std::string, int>;  // of the keys of one mapping

  void section(const YAML::Node& node, const std::string& path, const Keys& keys) {
    if (!node.IsMap()) {
      complain(node, path, "a mapping");
      return;
    }
    Lines lines;
    for (const auto& entry : node) {
      const std::string key = entry.first.as<std::string>("");
      if (!once(entry.first, path, lines)) continue;
      auto known = keys.find(key);
      if (known != keys.end()) {
        path_ = path;
        if (!path.empty()) path_ += '.';
        path_ += key;
        known->second(entry.second);
        continue;
      }
      std::string names;
      for (const auto& [name, take] : keys) names += (names.empty() ? "" : ", ") + name;
      complaint(entry.first, fmt::format("{}: no such key{}; known are {}", key,
                                         path.empty() ? "" : " in " + path, names));
    }
  }

  Take text(std::string& out) {
    return [this, &out](const YAML::Node& node) {
      if (!node.IsScalar()) return complain(node, path_, "a text");
      out = node.Scalar();
    };
  }
  Take texts(std::vector<std::string>& out) {  // a list of them, or one alone
    return [this, &out](const YAML::Node& node) {
      out.clear();
      if (node.IsScalar()) return out.push_back(node.Scalar());
      if (!node.IsSequence()) return complain(node, path_, "a text or a list of texts");
      for (const auto& item : node) {
        if (!item.IsScalar()) return complain(item, path_, "a text");
        out.push_back(item.Scalar());
      }
    };
  }
  // One of several words; `known` gives nothing for any other.
  template <class Value, class Known>
  Take choice(Value& out, Known known, const char* words) {
    return [this, &out, known, words](const YAML::Node& node) {
      const std::optional<Value> value = node.IsScalar() ? known(node.Scalar()) : std::nullopt;
      if (!value) return complain(node, path_, words);
      out = *value;
    };
  }
  Take flag(bool& out) {
    return [this, &out](const YAML::Node& node) {
      bool value = false;
      if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value)) {
        return complain(node, path_, "true or false");
      }
      out = value;
    };
  }
  Take number(double least, double most, std::function<void(double)> set, bool whole = false) {
    return [this, least, most, set = std::move(set), whole](const YAML::Node& node) {
      double value = 0;
      if (!node.IsScalar() || !YAML::convert<double>::decode(node, value) ||
          !std::isfinite(value) || value < least || value > most ||
          (whole && value != std::floor(value))) {
        return complain(
            node, path_,
            fmt::format("a {}number from {} to {}", whole ? "whole " : "", least, most));
      }
      set(value);
    };
  }

  void complain(const YAML::Node& node, const std::string& path, const std::string& expected) {
    std::string found = node.IsScalar() ? "'" + node.Scalar() + "'"
                        : node.IsMap()  ? "a mapping"
                        : node.IsNull() ? "nothing"
                                        : "a list";
    complaint(node, fmt::format("{}: found {}, expected {}", path, found, expected));
  }
  void complaint(const YAML::Node& node, const std::string& text) {
    complaints_ += fmt::format("{}{}:{}: {}", complaints_.empty() ? "" : "\n", file_,
                               node.Mark().line + 1, text);
  }
  // False, with a complaint, for a key that an earlier line of the mapping at `path` has: nobody
  // could say which of the two is meant.
  bool once(const YAML::Node& key, const std::string& path, Lines& lines) {
    const std::string name = key.as<std::string>("");
    const auto [first, fresh] = lines.emplace(name, key.Mark().line + 1);
    if (!fresh) {
      complaint(key, fmt::format("{}{}{}: given twice, first in line {}", path,
                                 path.empty() ? "" : ".", name, first->second));
    }
    return fresh;
  }
  // A mapping of names to finite numbers; whether the names and values are known is not asked.
  Take numbers(std::function<void(const std::string& name, double value)> set) {
    return [this, set = std::move(set)](const YAML::Node& node) {
      if (!node.IsMap()) return complain(node, path_, "a mapping of names to numbers");
      Lines lines;
      for (const auto& entry : node) {
        const std::string name = entry.first.as<std::string>("");
        if (!once(entry.first, path_, lines)) continue;
        double value = 0;
        if (entry.second.IsScalar() && YAML::convert<double>::decode(entry.second, value) &&
            std::isfinite(value)) {
          set(name, value);
        } else {
          complain(entry.second, path_ + "." + name, "a number");
        }
      }
    };
  }

  const std::string& complaints() const { return complaints_; }
  const std::string& path() const { return path_; }

 private:
  std::string file_;
  std::string path_;  // of the key being read
  std::string complaints_;
};

}  // namespace paragon
