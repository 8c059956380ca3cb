#include "catalog/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "catalog/files.h"
#include "catalog/labels.h"
#include "catalog/model_file.h"
#include "catalog/node.h"

namespace paragon {
namespace fs = std::filesystem;
namespace {

constexpr int kDeepestInclude = 10;

std::string folder_of(const std::string& file) { return fs::path(file).parent_path().string(); }

std::string under(const std::string& folder, const std::string& file) {
  return (fs::path(folder) / file).lexically_normal().string();
}

// Errors from reading a file already name it.
void add_error(Complaints& complaints, const std::string& file, const Error& error) {
  const std::string own = file + ":";
  if (!error.message.starts_with(own)) return complaints.add(file, 0, error.message);
  std::size_t at = own.size();
  int line = 0;
  while (at < error.message.size() && error.message[at] >= '0' && error.message[at] <= '9' &&
         line < 100'000'000)
    line = line * 10 + (error.message[at++] - '0');
  complaints.add(file, line,
                 error.message.substr(std::min(at + (line > 0 ? 2 : 1), error.message.size())));
}

// ", did you mean 'that'?", where a candidate is close.
std::string meant(const std::string& word, const std::set<std::string>& candidates) {
  const auto close = nearest(word, candidates);
  return close ? ", did you mean " + in_quotes(*close) + "?" : "";
}

}  // namespace

Result<Catalog> Loader::load(const std::string& file) {
  read_file(file, 0);
  name_tasks();
  name_members();
  check_parts();
  if (options_.require_files) check_model_files();
  const bool nothing = parts_.tasks.empty() && parts_.variants.empty() &&
                       parts_.machine_offers.empty() && parts_.function_offers.empty();
  if (nothing && complaints_.empty())
    complaints_.add(file, 0, "holds no task, variant or offer: nothing to serve or to buy");
  if (!complaints_.empty()) return complaints_.error();

  if (options_.speed > 0) {
    for (MachineOffer& offer : parts_.machine_offers) offer.speed = options_.speed;
    for (FunctionOffer& offer : parts_.function_offers) offer.speed = options_.speed;
  }
  return Catalog::build(std::move(parts_));
}

void Loader::note(const std::string& file) {
  std::string path = fs::absolute(file).lexically_normal().string();
  if (std::ranges::find(files_, path) == files_.end()) files_.push_back(std::move(path));
}

void Loader::read_file(const std::string& file, int depth) {
  std::error_code ignored;
  const fs::path canonical = fs::weakly_canonical(file, ignored);
  if (!files_read_.insert(ignored ? file : canonical.string()).second) return;  // also ends cycles
  Result<Node> read = read_yaml(file);
  if (!read) return add_error(complaints_, file, read.error());
  note(file);
  nodes_.push_back(std::move(*read));
  const Node& top = nodes_.back();

  Entry entry(top, file, "", complaints_);
  entry.require("paragon", "1, the version of the format");
  entry.integer("paragon", 1, 1);
  entry.text("description");
  const auto includes = entry.texts("include").value_or(std::vector<std::string>{});
  if (depth == kDeepestInclude && !includes.empty())
    entry.complain("include", "files included more than 10 deep", "fewer levels");
  else
    for (const std::string& other : includes) read_file(under(folder_of(file), other), depth + 1);

  std::vector<std::string> models_dirs;
  for (const std::string& dir : entry.texts("models_dir").value_or(std::vector<std::string>{"."}))
    models_dirs.push_back(under(folder_of(file), dir));

  for (const Table kind : {Table::tasks, Table::variants, Table::machine_offers,
                           Table::function_offers, Table::ensembles}) {
    const auto defaults = entry.defaults(std::string(name(kind)) + "_defaults");
    if (const Node* table = entry.node(name(kind), Node::Kind::list))
      read_table(*table, file, kind, defaults, models_dirs);
  }
  if (const Node* models = entry.node("models", Node::Kind::list))
    for (std::size_t i = 0; i < models->items.size(); ++i)
      read_models(models->items[i], file, fmt::format("models[{}]", i), models_dirs);
  entry.no_more();
}

void Loader::read_table(const Node& table, const std::string& file, Table kind,
                        const std::optional<Defaults>& defaults,
                        const std::vector<std::string>& models_dirs) {
  for (std::size_t i = 0; i < table.items.size(); ++i) {
    const Node& item = table.items[i];
    const std::string called = fmt::format("{}[{}]", name(kind), i);
    if (!item.is(Node::Kind::map)) {
      complaints_.add(file, item.line, called, describe(item), "a map (key: value)");
      continue;
    }
    Entry entry(item, file, called, complaints_, defaults);
    add(kind, entry, called, models_dirs);
  }
}

void Loader::read_models(const Node& node, const std::string& file, const std::string& called,
                         const std::vector<std::string>& models_dirs) {
  if (!node.is(Node::Kind::map))
    return complaints_.add(file, node.line, called, describe(node), "a map with a `file`");
  Entry entry(node, file, called, complaints_);
  entry.require("file", "a CSV file of variants");
  const auto csv_file = entry.text("file");
  const Node* columns = entry.node("columns", Node::Kind::map);
  const auto defaults = entry.defaults("defaults");
  const auto ignored = entry.texts("ignore").value_or(std::vector<std::string>{});
  entry.no_more();
  if (!csv_file) return;

  const std::string path = under(folder_of(file), *csv_file);
  Result<Node> table = read_csv(path);
  if (!table) return add_error(complaints_, path, table.error());
  note(path);
  std::map<std::string, std::string> field_of;  // column -> field
  const std::string prefix = called + ".columns.";
  if (columns)
    for (const auto& [field, column] : columns->fields) {
      if (!column.is(Node::Kind::text))
        complaints_.add(file, column.line, prefix + field, describe(column),
                        "the name of a column");
      field_of[column.text] = field;
    }
  const std::set<std::string> unused(ignored.begin(), ignored.end());
  std::vector<std::string> dirs = models_dirs;
  dirs.push_back(folder_of(path));
  for (Node& row : table->items) {
    std::erase_if(row.fields, [&](const auto& cell) { return unused.contains(cell.name); });
    for (auto& [column, cell] : row.fields)
      if (const auto found = field_of.find(column); found != field_of.end()) column = found->second;
    nodes_.push_back(std::move(row));
    const std::string row_name = fmt::format("row {}", nodes_.back().line - 1);
    Entry variant(nodes_.back(), path, row_name, complaints_, defaults);
    add(Table::variants, variant, row_name, dirs);
  }
}

void Loader::add(Table kind, Entry& entry, const std::string& called,
                 const std::vector<std::string>& models_dirs) {
  Place where{entry.file(), called, entry.line(), {}};
  for (const std::string& field : entry.fields()) where.fields.emplace(field, entry.spot(field));
  places_[kind].push_back(std::move(where));
  switch (kind) {
    case Table::tasks:
      return add_task(entry, entry.file());
    case Table::variants:
      return add_variant(entry, entry.file(), models_dirs);
    case Table::machine_offers:
      parts_.machine_offers.push_back(read_machine_offer(entry));
      return;
    case Table::function_offers:
      parts_.function_offers.push_back(read_function_offer(entry));
      return;
    case Table::ensembles:
      ensembles_.push_back(read_ensemble(entry));
      return;
  }
}

void Loader::add_task(Entry& entry, const std::string& file) {
  TaskEntry read = read_task(entry, complaints_);
  if (!read.labels_files.empty()) {
    bool found = false;
    const std::string path = find(read.labels_files, {folder_of(file)}, found);
    if (found) {
      Result<std::vector<std::string>> labels = read_labels(path);
      if (labels) {
        note(path);
        read.task.labels = std::move(*labels);
      } else {
        add_error(complaints_, path, labels.error());
      }
    } else if (options_.require_files) {
      entry.complain("labels_file", in_quotes(path) + ", which does not exist",
                     "a file with one label a line (where the models are: models directory)");
    }
  }
  parts_.tasks.push_back(std::move(read.task));
}

void Loader::add_variant(Entry& entry, const std::string& file,
                         const std::vector<std::string>& models_dirs) {
  VariantEntry read = read_variant(entry);
  if (!read.variant.file.empty()) {
    std::vector<std::string> folders = models_dirs;
    folders.push_back(folder_of(file));
    bool found = false;
    read.variant.file =
        fs::absolute(find({read.variant.file}, folders, found)).lexically_normal().string();
  }
  task_names_.push_back(std::move(read.task));
  parts_.variants.push_back(std::move(read.variant));
  parts_.profiles.push_back(read.profile);
}

std::string Loader::find(const std::vector<std::string>& candidates,
                         const std::vector<std::string>& folders, bool& found) const {
  std::vector<std::string> paths;
  if (!options_.models_dir.empty())
    for (const std::string& candidate : candidates) {
      paths.push_back(under(options_.models_dir, candidate));
      paths.push_back(under(options_.models_dir, fs::path(candidate).filename().string()));
    }
  for (const std::string& folder : folders)
    for (const std::string& candidate : candidates) paths.push_back(under(folder, candidate));
  std::error_code ignored;
  for (const std::string& path : paths)
    if (fs::is_regular_file(path, ignored)) return found = true, path;
  found = false;
  return paths.front();
}

void Loader::name_tasks() {
  std::map<std::string, std::uint32_t> ids;
  std::set<std::string> names;
  for (const Task& task : parts_.tasks) {
    ids.try_emplace(task.name, static_cast<std::uint32_t>(&task - parts_.tasks.data()));
    names.insert(task.name);
  }
  for (std::size_t v = 0; v < parts_.variants.size(); ++v) {
    const auto found = ids.find(task_names_[v]);
    if (found != ids.end()) {
      parts_.variants[v].task = TaskId{found->second};
      continue;
    }
    complain(place(Table::variants, v), "task", in_quotes(task_names_[v]),
             "the name of a task" + meant(task_names_[v], names));
  }
}

void Loader::name_members() {
  std::map<std::string, std::uint32_t> ids;
  std::set<std::string> names;
  for (const Variant& variant : parts_.variants) {
    ids.try_emplace(variant.name, static_cast<std::uint32_t>(&variant - parts_.variants.data()));
    names.insert(variant.name);
  }
  for (std::size_t e = 0; e < ensembles_.size(); ++e) {
    EnsembleEntry& read = ensembles_[e];
    const Place& where = place(Table::ensembles, e);
    bool complete = true;
    for (const std::string& member : read.members) {
      if (const auto found = ids.find(member); found != ids.end()) {
        read.ensemble.members.push_back(VariantId{found->second});
        continue;
      }
      complain(where, "members", in_quotes(member), "names of variants" + meant(member, names));
      complete = false;
    }
    if (complete && !read.weights_file.empty()) {
      complete = read_weights(read, under(folder_of(where.file), read.weights_file), where);
    }
    if (!complete) incomplete_.insert(e);
    parts_.ensembles.push_back(std::move(read.ensemble));
  }
}

// The file's rows of other ensembles are theirs. False: something was missing or wrong.
bool Loader::read_weights(EnsembleEntry& read, const std::string& file, const Place& where) {
  Result<Node> table = read_csv(file);
  if (!table) return add_error(complaints_, file, table.error()), false;
  note(file);
  for (const VariantId member : read.ensemble.members) {
    const Variant& variant = parts_.variants[member.index()];
    if (variant.task.index() >= parts_.tasks.size()) return false;
    const std::vector<std::string>& labels = parts_.tasks[variant.task.index()].labels;
    std::vector<std::optional<double>> weights(labels.size());
    for (const Node& row : table->items) {
      const Node* ensemble = row.find("ensemble");
      const Node* name = row.find("member");
      if (ensemble == nullptr || ensemble->text != read.ensemble.name || name == nullptr ||
          name->text != variant.name) {
        continue;
      }
      Entry entry(row, file, fmt::format("row {}", row.line - 1), complaints_);
      const std::string said = entry.text("class").value_or("");
      const auto label = std::ranges::find(labels, said);
      if (label == labels.end()) {
        entry.complain("class", in_quotes(said), "a label of the task");
      } else {
        weights[static_cast<std::size_t>(label - labels.begin())] = entry.number("weight", 0, 1);
      }
    }
    std::vector<double>& complete = read.ensemble.weights.emplace_back();
    for (std::size_t c = 0; c < labels.size(); ++c) {
      if (weights[c]) {
        complete.push_back(*weights[c]);
        continue;
      }
      complain(where, "weights_file",
               fmt::format("no weight of {} for {}", in_quotes(variant.name), in_quotes(labels[c])),
               "one from 0 to 1 for each member and each class");
      return false;
    }
  }
  return true;
}

void Loader::complain(const Place& where, const std::string& field, const std::string& got,
                      const std::string& expected) {
  const std::size_t dot = std::min(field.find('.'), field.size());
  const auto found = where.fields.find(field.substr(0, dot));
  if (found == where.fields.end())
    return complaints_.add(where.file, where.line, where.name + "." + field, got, expected);
  const Spot& spot = found->second;
  complaints_.add(spot.file, spot.line, spot.field + field.substr(dot), got, expected);
}

void Loader::check_parts() {
  for (const Flaw& flaw : check(parts_)) {
    // A variant whose task is unknown has been complained about by name, and so have members.
    if (flaw.table == Table::variants && flaw.field == "task") continue;
    if (flaw.table == Table::ensembles && incomplete_.contains(flaw.entry)) continue;
    complain(place(flaw.table, flaw.entry), flaw.field, flaw.got, flaw.expected);
  }
}

void Loader::check_model_files() {
  for (std::size_t v = 0; v < parts_.variants.size(); ++v) {
    const Variant& variant = parts_.variants[v];
    const Place& where = place(Table::variants, v);
    std::error_code ignored;
    if (variant.file.empty()) {
      complain(where, "file", "nothing", "an ONNX file (only simulations do without)");
    } else if (!fs::is_regular_file(variant.file, ignored)) {
      complain(where, "file", in_quotes(variant.file) + ", which does not exist",
               "an ONNX file (say where the models are: models directory)");
    } else if (options_.check_hashes && !variant.sha256.empty()) {
      const Result<std::string> hash = sha256_of_file(variant.file);
      if (!hash)
        complain(where, "file", variant.file + ", which cannot be read", "a readable ONNX file");
      else if (*hash != variant.sha256)
        complain(where, "sha256", "a file with " + *hash,
                 variant.sha256 + " (another file of that name?)");
    }
  }
}

const Loader::Place& Loader::place(Table table, std::size_t entry) const {
  return places_.at(table).at(entry);
}

Result<Catalog> load_catalog(const std::string& file, const LoadOptions& options) {
  return Loader(options).load(file);
}

Result<std::vector<std::string>> files_of_catalog(const std::string& file,
                                                  const LoadOptions& options) {
  Loader loader(options);
  const auto catalog = loader.load(file);
  if (!catalog) return catalog.error();
  return loader.files();
}

}  // namespace paragon
