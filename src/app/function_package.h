// What a function of AWS Lambda is made of: this program with all that it needs to run, a catalog
// and its networks, and the `bootstrap` that starts it.
//
//   bootstrap              sh; runs the worker for the variant that PARAGON_VARIANT names
//   bin/paragon            this program, without debug information
//   lib/paragon/           its shared libraries and their loader, so that those of the runtime
//                          (older, or other ones) do not matter
//   catalog/, models/      the catalog's files as they lie to each other; networks that were found
//                          in --models-dir
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace paragon {

class FunctionPackage {
 public:
  struct File {
    std::string name;  // in the archive
    std::string path;  // where it comes from; empty: `text`
    std::string text;
    bool executable = false;
  };

  // `models_dir` may be empty. Errors: those of load_catalog; invalid, when a catalog names files
  // by absolute paths, which mean nothing elsewhere.
  static Result<FunctionPackage> of(const std::string& catalog, const std::string& models_dir);

  const std::vector<File>& files() const { return files_; }  // sorted by name
  Result<std::int64_t> bytes() const;                        // of all of it, unpacked

 private:
  std::vector<File> files_;
};

// The content of one file as it goes into the archive. Error: invalid, when it cannot be read.
Result<std::string> content_of(const FunctionPackage::File& file);

}  // namespace paragon
