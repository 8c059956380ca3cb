// The work of load_catalog: follows includes, gathers entries with their places, looks up files.
//
// One loader loads one catalog. Nothing is thrown; all that is wrong ends in the complaints.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/check.h"
#include "catalog/complaints.h"
#include "catalog/entry.h"
#include "catalog/load.h"
#include "catalog/read_entries.h"

namespace paragon {

class Loader {
 public:
  explicit Loader(const LoadOptions& options) : options_(options) {}
  Result<Catalog> load(const std::string& file);
  const std::vector<std::string>& files() const { return files_; }  // that load() read

 private:
  // Where an entry was read, and where those of its fields stand that it has.
  struct Place {
    std::string file;
    std::string name;  // "variants[2]"
    int line;
    std::map<std::string, Spot> fields;
  };

  void note(const std::string& file);  // that it was read
  void read_file(const std::string& file, int depth);
  void read_table(const Node& table, const std::string& file, Table kind,
                  const std::optional<Defaults>& defaults,
                  const std::vector<std::string>& models_dirs);
  void read_models(const Node& node, const std::string& file, const std::string& name,
                   const std::vector<std::string>& models_dirs);
  void add(Table kind, Entry& entry, const std::string& name,
           const std::vector<std::string>& models_dirs);
  void add_task(Entry& entry, const std::string& file);
  void add_variant(Entry& entry, const std::string& file,
                   const std::vector<std::string>& models_dirs);

  // The first candidate that exists, in the folders in order; the first of all where none does.
  std::string find(const std::vector<std::string>& candidates,
                   const std::vector<std::string>& folders, bool& found) const;
  void name_tasks();
  void name_members();
  bool read_weights(EnsembleEntry& read, const std::string& file, const Place& where);
  void complain(const Place& where, const std::string& field, const std::string& got,
                const std::string& expected);
  void check_parts();
  void check_model_files();
  const Place& place(Table table, std::size_t entry) const;

  LoadOptions options_;
  Complaints complaints_;
  Catalog::Parts parts_;
  std::vector<std::string> task_names_;  // of each variant
  std::vector<EnsembleEntry> ensembles_;
  std::set<std::size_t> incomplete_;  // ensembles: what they name was complained about
  std::map<Table, std::vector<Place>> places_;
  std::set<std::string> files_read_;  // catalogs, by their canonical path
  std::vector<std::string> files_;    // all, as they were named
  std::deque<Node> nodes_;            // of every file, kept while entries point into them
};

}  // namespace paragon
