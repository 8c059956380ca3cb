// paragon cloud package: the archive of a function of AWS Lambda.
#include <fmt/format.h>
#include <sys/utsname.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/cloud_commands.h"
#include "app/data_dir.h"
#include "app/exit_status.h"
#include "app/function_package.h"
#include "app/zip_archive.h"
#include "cloud/aws/lambda.h"

namespace paragon {
namespace {

constexpr std::int64_t kUnpackedMax = 250 * 1024 * 1024;  // bytes, AWS Lambda's limit

struct PackageFlags {
  std::string out;
  std::string catalog;
  std::string models_dir;
};

double mebibytes(std::int64_t bytes) { return static_cast<double>(bytes) / (1024 * 1024); }

std::string architecture() {
  utsname system{};
  return ::uname(&system) == 0 ? system.machine : "this computer";
}

Status package(const PackageFlags& flags) {
  std::string catalog = flags.catalog;
  if (catalog.empty()) {
    auto shipped = find_shipped("data/garment/catalog.yaml");
    if (!shipped) return shipped.error();
    catalog = *shipped;
  }
  const auto package = FunctionPackage::of(catalog, flags.models_dir);
  if (!package) return package.error();
  const auto unpacked = package->bytes();
  if (!unpacked) return unpacked.error();
  if (*unpacked > kUnpackedMax) {
    return {ErrorCode::invalid,
            fmt::format("{:.1f} MiB unpacked, over the 250 MiB that Lambda takes: leave variants "
                        "out of the catalog, or use a container image; nothing was written",
                        mebibytes(*unpacked))};
  }
  auto archive = ZipArchive::create(flags.out);
  if (!archive) return archive.error();
  for (const auto& file : package->files()) {
    const auto content = content_of(file);
    if (!content) return content.error();
    (*archive)->add(file.name, *content, file.executable);
  }
  if (auto status = (*archive)->commit(); !status) return status;

  const auto packed = static_cast<std::int64_t>(std::filesystem::file_size(flags.out));
  fmt::print("{}: {:.1f} MiB ({:.1f} MiB unpacked), {} files, for {}\n", flags.out,
             mebibytes(packed), mebibytes(*unpacked), package->files().size(), architecture());
  if (packed > static_cast<std::int64_t>(aws::lambda::kZipMax)) {
    fmt::print("over the 50 MiB that Lambda takes directly: put it into S3 and name it there\n");
  }
  return {};
}

int run(const PackageFlags& flags) {
  const Status status = package(flags);
  if (status) return 0;
  fmt::print(stderr, "paragon cloud package: {}\n", status.error().message);
  return exit_status(status.error());
}

}  // namespace

void add_cloud_package(CLI::App& cloud, std::function<int()>& action) {
  auto flags = std::make_shared<PackageFlags>();
  CLI::App* command = cloud.add_subcommand(
      "package",
      "Write the archive of an AWS Lambda function: this program, its libraries, a "
      "catalog and its networks");
  command->add_option("--out", flags->out, "The archive, such as function.zip")->required();
  command->add_option("--catalog", flags->catalog, "Catalog file [the shipped garment one]")
      ->check(CLI::ExistingFile);
  command->add_option("--models-dir", flags->models_dir, "Where the model files lie")
      ->check(CLI::ExistingDirectory);
  command->callback([flags, &action] { action = [flags] { return run(*flags); }; });
}

}  // namespace paragon
