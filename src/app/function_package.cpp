#include "app/function_package.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/own_libraries.h"
#include "catalog/files.h"
#include "catalog/load.h"
#include "cloud/aws/user_data.h"

namespace paragon {
namespace fs = std::filesystem;
namespace {

using File = FunctionPackage::File;

// Not lib itself, which Lambda has on the path where all programs look for libraries, and which the
// shell of the runtime must not find ours in.
constexpr const char* kLibraries = "lib/paragon";

Result<std::string> read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return Error{ErrorCode::invalid, path + ": cannot be read"};
  return bytes;
}

std::string name_of(const std::string& path) { return fs::path(path).filename().string(); }

bool inside(const std::string& path, const fs::path& folder) {
  return path.starts_with((folder / "").string());
}

// A catalog and all that belongs to it, as absolute paths.
struct CatalogFiles {
  std::vector<std::string> read;      // the catalog first
  std::vector<std::string> networks;  // each once
};

Result<CatalogFiles> look_up(const std::string& catalog, const std::string& models_dir,
                             bool check_hashes) {
  LoadOptions options;
  options.models_dir = models_dir;
  options.check_hashes = check_hashes;
  const auto loaded = load_catalog(catalog, options);
  if (!loaded) return loaded.error();
  options.check_hashes = false;
  auto read = files_of_catalog(catalog, options);
  if (!read) return read.error();
  CatalogFiles found{*std::move(read), {}};
  for (const Variant& variant : loaded->variants()) {
    if (std::ranges::find(found.networks, variant.file) == found.networks.end()) {
      found.networks.push_back(variant.file);
    }
  }
  return found;
}

// The deepest folder that holds all of them.
fs::path common_folder(const std::vector<std::string>& paths) {
  fs::path common = fs::path(paths.front()).parent_path();
  for (const std::string& path : paths) {
    while (!inside(path, common)) common = common.parent_path();
  }
  return common;
}

// A folder that is gone with this object.
class Staging {
 public:
  Staging() {
    std::string name = (fs::temp_directory_path() / "paragon-package-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Staging() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Whether the catalog finds all of its files in the archive: it is loaded from links that lie as
// the archive's files will.
Status check_layout(const std::vector<File>& files, const std::string& catalog, bool models_dir) {
  const Staging staging;
  std::error_code failure;
  if (staging.path().empty()) {
    return {ErrorCode::unavailable, "no temporary folder can be made"};
  }
  for (const File& file : files) {
    const fs::path link = staging.path() / file.name;
    fs::create_directories(link.parent_path(), failure);
    if (!failure) fs::create_symlink(file.path, link, failure);
    if (failure) return {ErrorCode::unavailable, link.string() + ": " + failure.message()};
  }
  const auto there = look_up((staging.path() / catalog).string(),
                             models_dir ? (staging.path() / "models").string() : "", false);
  if (!there) {
    return {ErrorCode::invalid,
            "the catalog would not find its files in a function: " + there.error().message};
  }
  for (const auto* list : {&there->read, &there->networks}) {
    for (const std::string& path : *list) {
      if (inside(path, staging.path())) continue;
      return {ErrorCode::invalid,
              fmt::format("the catalog names {} by an absolute path, which means nothing in a "
                          "function: name it relative to the catalog",
                          path)};
    }
  }
  return {};
}

std::string bootstrap(const std::string& loader, const std::string& catalog, bool models_dir) {
  return fmt::format(R"(#!/bin/sh
# A function of AWS Lambda: Paragon's worker for the variant that PARAGON_VARIANT names.
here=${{0%/*}}
exec "$here"/{0}/{1} --library-path "$here"/{0} "$here"/bin/paragon worker \
  --lambda --preload "$PARAGON_VARIANT" --catalog "$here"/{2}{3}
)",
                     kLibraries, aws::shell_quoted(name_of(loader)), aws::shell_quoted(catalog),
                     models_dir ? " --models-dir \"$here\"/models" : "");
}

}  // namespace

Result<FunctionPackage> FunctionPackage::of(const std::string& catalog,
                                            const std::string& models_dir) {
  auto found = look_up(catalog, models_dir, true);
  if (!found) return found.error();
  FunctionPackage package;
  std::vector<File>& files = package.files_;

  const bool has_models = !models_dir.empty();
  const fs::path models =
      has_models ? fs::absolute(models_dir).lexically_normal() / "" : fs::path();
  const auto of_models = [&](const std::string& path) {
    return has_models && inside(path, models.parent_path());
  };
  std::vector<std::string> together = found->read;  // what must lie as it does
  for (const std::string& network : found->networks) {
    if (!of_models(network)) together.push_back(network);
  }
  const fs::path common = common_folder(together);
  const auto in_catalog = [&](const std::string& path) {
    return (fs::path("catalog") / fs::path(path).lexically_relative(common)).string();
  };
  for (const std::string& path : together) files.push_back({in_catalog(path), path, {}});
  for (const auto* list : {&found->read, &found->networks}) {
    for (const std::string& path : *list) {
      if (!of_models(path)) continue;
      files.push_back(
          {(fs::path("models") / fs::path(path).lexically_relative(models)).string(), path, {}});
    }
  }
  const std::string top = in_catalog(found->read.front());
  if (auto status = check_layout(files, top, has_models); !status) return status.error();

  const auto libraries = own_libraries();
  if (!libraries) return libraries.error();
  for (const std::string& path : libraries->libraries) {
    files.push_back({kLibraries + ("/" + name_of(path)), path, {}, true});
  }
  auto program = read_bytes("/proc/self/exe");
  if (!program) return program.error();
  files.push_back({"bin/paragon", {}, without_sections(*std::move(program)), true});
  files.push_back({"bootstrap", {}, bootstrap(libraries->loader, top, has_models), true});
  std::ranges::sort(files, {}, &File::name);
  return package;
}

Result<std::int64_t> FunctionPackage::bytes() const {
  std::int64_t sum = 0;
  for (const File& file : files_) {
    if (file.path.empty()) {
      sum += static_cast<std::int64_t>(file.text.size());
      continue;
    }
    std::error_code failure;
    const auto size = fs::file_size(file.path, failure);
    if (failure) return Error{ErrorCode::invalid, file.path + ": " + failure.message()};
    sum += static_cast<std::int64_t>(size);
  }
  return sum;
}

Result<std::string> content_of(const FunctionPackage::File& file) {
  if (file.path.empty()) return file.text;
  return read_bytes(file.path);
}

}  // namespace paragon
