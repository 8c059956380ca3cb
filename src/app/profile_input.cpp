#include "app/profile_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/child_process.h"
#include "app/load_pictures.h"
#include "catalog/labels.h"
#include "catalog/load.h"
#include "catalog/model_file.h"
#include "profile/model_folder.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;

// The classes of the networks: named, beside them, or the folders of the pictures.
Result<std::vector<std::string>> labels_of_folder(const ProfileInputFlags& flags) {
  if (!flags.labels_file.empty()) return read_labels(flags.labels_file);
  const std::string beside = (fs::path(flags.models) / "labels.txt").string();
  std::error_code failure;
  if (fs::exists(beside, failure)) return read_labels(beside);
  std::vector<std::string> folders;
  if (!flags.set.images.empty() && flags.set.labels.empty()) {
    for (const auto& entry : fs::directory_iterator(flags.set.images, failure)) {
      if (entry.is_directory(failure)) folders.push_back(entry.path().filename().string());
    }
  }
  std::sort(folders.begin(), folders.end());
  if (!folders.empty()) return folders;
  return {ErrorCode::invalid,
          fmt::format("{}: nothing says what the networks' outputs mean; give --labels-file (one "
                      "label a line, in the order of the outputs)",
                      flags.models)};
}

Result<Catalog> catalog_of_folder(const ProfileInputFlags& flags,
                                  std::vector<std::string>& left_out) {
  profile::FolderSettings settings;
  settings.task = flags.task;
  settings.mean = flags.mean;
  settings.std = flags.std;
  settings.softmax = flags.softmax;
  settings.central_crop = flags.central_crop;
  settings.colours = flags.channel_order == "bgr" ? ChannelOrder::bgr : ChannelOrder::rgb;
  settings.program = own_program();
  if (!flags.set.tensors.empty()) settings.input = InputKind::tensor;
  auto labels = labels_of_folder(flags);
  if (!labels) return labels.error();
  settings.labels = std::move(*labels);
  auto models = profile::read_model_folder(flags.models, settings);
  if (!models) return models.error();
  left_out = std::move(models->left_out);
  return Catalog::build(std::move(models->parts));
}

// Only the variants of one task: a labelled set has one kind of label.
Result<Catalog> catalog_of_file(const ProfileInputFlags& flags) {
  LoadOptions options;
  options.models_dir = flags.models_dir;
  options.require_files = false;  // a missing one is left out and named
  options.check_hashes = false;
  auto all = load_catalog(flags.models, options);
  if (!all) return all.error();
  if (flags.task.empty() && all->tasks().size() != 1) {
    return {ErrorCode::invalid, fmt::format("{}: has {} tasks; choose one with --task",
                                            flags.models, all->tasks().size())};
  }
  const auto task = flags.task.empty() ? TaskId{0} : all->find_task(flags.task);
  if (!task) {
    return {ErrorCode::invalid, fmt::format("{}: has no task '{}'", flags.models, flags.task)};
  }
  Catalog::Parts parts;
  parts.tasks.push_back(all->task(*task));
  for (const VariantId id : all->task(*task).variants) {
    Variant variant = all->variant(id);
    if (variant.file.empty()) continue;  // published figures only: nothing to run
    variant.task = TaskId{0};
    if (variant.sha256.empty()) {
      if (auto hash = sha256_of_file(variant.file)) variant.sha256 = std::move(*hash);
    }
    parts.variants.push_back(std::move(variant));
    parts.profiles.push_back(all->profile(id));
  }
  if (parts.variants.empty()) {
    return {ErrorCode::invalid, fmt::format("{}: no variant of task '{}' has a model file",
                                            flags.models, all->task(*task).name)};
  }
  parts.tasks[0].variants.clear();
  return Catalog::build(std::move(parts));
}

Result<profile::LabelledSet> set_of(const ProfileInputFlags& flags, const Task& task) {
  const bool named = !flags.set.images.empty() || !flags.set.tensors.empty();
  if (flags.no_set || task.output != OutputKind::classes) return profile::LabelledSet{};
  if (named) return profile::read_labelled_set(flags.set, task.labels);
  if (task.labels == fashion_mnist_classes()) {
    PictureSource source;
    source.limit = flags.set.limit;
    auto found = find_pictures(source, 1);
    if (!found) return found.error();
    return profile::labelled_set_of(found->pictures, task.labels, found->from);
  }
  return {ErrorCode::invalid,
          fmt::format("accuracy of task '{}' needs labelled pictures: give --images (a folder with "
                      "labels.csv or a sub-folder a class) or --tensors and --labels; "
                      "--no-accuracy measures times only",
                      task.name)};
}

}  // namespace

Result<ProfileInput> read_profile_input(const ProfileInputFlags& flags) {
  std::error_code ignored;
  std::vector<std::string> left_out;
  const bool folder = fs::is_directory(flags.models, ignored);
  if (folder && flags.no_set) {
    return {ErrorCode::invalid,
            "--no-accuracy: a folder of networks states no accuracy; give a catalog that does"};
  }
  auto catalog = folder ? catalog_of_folder(flags, left_out) : catalog_of_file(flags);
  if (!catalog) return catalog.error();
  auto set = set_of(flags, catalog->tasks()[0]);
  if (!set) return set.error();
  return ProfileInput{std::move(*catalog), std::move(*set), std::move(left_out)};
}

}  // namespace paragon
