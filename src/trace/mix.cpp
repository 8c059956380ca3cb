#include "trace/mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "catalog/entry.h"
#include "catalog/read_constraints.h"

namespace paragon {

Result<Mix> Mix::build(std::vector<MixClass> classes) {
  Mix mix;
  double sum = 0;
  for (const MixClass& c : classes) {
    if (!std::isfinite(c.weight) || c.weight < 0)
      return {ErrorCode::invalid,
              fmt::format("weight of {}: got {}, expected 0 or above", c.name, c.weight)};
    mix.up_to_.push_back(sum += c.weight);
  }
  if (!(sum > 0) || !std::isfinite(sum))
    return {ErrorCode::invalid, "a mix needs at least one class with a weight above 0"};
  mix.classes_ = std::move(classes);
  return mix;
}

Result<Mix> load_mix(const std::string& file) {
  Result<Node> top = read_yaml(file);
  if (!top) return top.error();
  Complaints complaints;
  Entry entry(*top, file, "", complaints);
  entry.require("paragon_mix", "1, the version of the format");
  entry.integer("paragon_mix", 1, 1);
  entry.text("description");
  entry.require("classes", "a list of classes");
  const auto defaults = entry.defaults("defaults");
  const Node* list = entry.node("classes", Node::Kind::list);
  entry.no_more();

  std::vector<MixClass> classes;
  std::set<std::string> names;
  double weights = 0;
  for (std::size_t i = 0; list && i < list->items.size(); ++i) {
    const Node& item = list->items[i];
    const std::string called = fmt::format("classes[{}]", i);
    if (!item.is(Node::Kind::map)) {
      complaints.add(file, item.line, called, describe(item), "a map (key: value)");
      continue;
    }
    Entry fields(item, file, called, complaints, defaults);
    MixClass c;
    fields.require("name", "the class's name");
    c.name = fields.text("name").value_or(called);
    if (!names.insert(c.name).second)
      fields.complain("name", in_quotes(c.name), "a name that no other class has");
    fields.require("task", "the name of a task");
    c.task = fields.text("task").value_or("");
    c.task_line = fields.spot("task").line;
    c.weight = fields.number("weight", 0, 1e9).value_or(1);
    weights += c.weight;
    c.constraints = read_constraints(fields, complaints);
    fields.no_more();
    classes.push_back(std::move(c));
  }
  if (list && list->items.empty()) {
    entry.complain("classes", "an empty list", "at least one class");
  } else if (list && weights == 0 && classes.size() == list->items.size()) {
    entry.complain("classes", "weights that are all 0", "at least one above 0");
  }
  if (!complaints.empty()) return complaints.error();
  Result<Mix> mix = Mix::build(std::move(classes));
  if (!mix) return {ErrorCode::invalid, file + ": " + mix.error().message};
  return mix;
}

}  // namespace paragon
