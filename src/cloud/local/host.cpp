#include "cloud/local/host.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace paragon {
namespace {

// Complaints about settings, one a line; empty when there are none.
std::string complaints(const LocalCloudSettings& settings) {
  std::string all;
  const auto add = [&](const std::string& one) { all += (all.empty() ? "" : "\n") + one; };
  const auto count = [&](const char* name, int value) {
    if (value < 0 || value > 10'000)
      add("local cloud: " + std::string(name) + " is " + std::to_string(value) +
          ", expected 0 to 10000");
  };
  count("machines_max", settings.machines_max);
  count("environments_max", settings.environments_max);
  if (settings.vcpus_max && !(settings.vcpus_max->value >= 0))
    add("local cloud: vcpus_max is " + std::to_string(settings.vcpus_max->value) +
        ", expected 0 or more");
  if (settings.drain_time < Duration::zero()) add("local cloud: drain_time is negative");
  if (settings.boot_timeout <= Duration::zero()) add("local cloud: boot_timeout must be positive");
  return all;
}

std::string own_program() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  // A program replaced while it runs reads as "... (deleted)"; the link itself still works.
  if (error || !std::filesystem::exists(path, error)) return "/proc/self/exe";
  return path.string();
}

constexpr std::pair<const char*, CpuMode> kCpuModes[] = {
    {"automatic", CpuMode::automatic}, {"control_group", CpuMode::control_group},
    {"stretch", CpuMode::stretch},     {"profile", CpuMode::profile},
    {"none", CpuMode::none},
};

std::string name_of(CpuMode wanted) {
  for (const auto& [name, mode] : kCpuModes) {
    if (mode == wanted) return name;
  }
  return {};
}

std::string decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

}  // namespace

Worker::~Worker() {
  child_.reset();
  if (endpoint_.host.starts_with("unix:")) ::unlink(endpoint_.host.c_str() + 5);
}

void Worker::started() {
  if (group_ && !group_->set_share(cores_)) child_->kill();  // rather none than one that gets more
}

std::optional<CpuMode> cpu_mode(std::string_view name) {
  for (const auto& [known, mode] : kCpuModes) {
    if (name == known) return mode;
  }
  return std::nullopt;
}

Result<std::unique_ptr<Host>> Host::open(Loop& loop, const LocalCloudSettings& settings) {
  if (auto wrong = complaints(settings); !wrong.empty()) return {ErrorCode::invalid, wrong};
  std::unique_ptr<Host> host(new Host(loop, settings));
  if (host->settings_.program.empty()) host->settings_.program = own_program();
  std::error_code error;
  const std::string& program = host->settings_.program;
  if (program.find('/') != std::string::npos && !std::filesystem::exists(program, error))
    return {ErrorCode::not_found, "local cloud: program '" + program + "' does not exist"};
  if (!settings.log_dir.empty()) {
    std::filesystem::create_directories(settings.log_dir, error);
    if (!std::filesystem::is_directory(settings.log_dir, error))
      return {ErrorCode::denied, "local cloud: cannot make log_dir '" + settings.log_dir + "'"};
  }
  auto run_dir = RunDir::make(settings.run_dir);
  if (!run_dir.ok()) return run_dir.error();
  host->run_dir_ = std::move(*run_dir);

  const bool wanted = settings.cpu == CpuMode::automatic || settings.cpu == CpuMode::control_group;
  std::string why = "as configured";
  if (wanted) {
    auto groups = ControlGroups::find();
    if (groups.ok()) {
      host->groups_ = std::move(*groups);
      host->capping_ = host->groups_->text();
      return host;
    }
    if (settings.cpu == CpuMode::control_group) return groups.error();
    why = groups.error().message;
  }
  host->paced_ = wanted ? CpuMode::stretch : settings.cpu;
  host->capping_ = name_of(host->paced_) + " (" + why + ")";
  return host;
}

Result<std::unique_ptr<Worker>> Host::start(const Order& order, Child::OnReady on_ready,
                                            Child::OnExit on_exit) {
  std::unique_ptr<Worker> worker(new Worker);
  const std::string socket = run_dir_->file(order.name + ".sock");
  ::unlink(socket.c_str());
  worker->endpoint_.host = "unix:" + socket;
  worker->endpoint_.port = 0;

  Child::Command command;
  command.program = settings_.program;
  auto& arguments = command.arguments;
  arguments = {"worker", "--listen", worker->endpoint_.host};
  const auto option = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    arguments.emplace_back(name);
    arguments.push_back(value);
  };
  option("--catalog", settings_.catalog_file);
  option("--models-dir", settings_.models_dir);
  option("--log-level", settings_.log_level);
  option("--memory-mb", std::to_string(order.memory.value));
  option("--lifeline-fd", std::to_string(Child::kLifelineFd));
  option("--ready-fd", std::to_string(Child::kReadyFd));
  if (paced_ == CpuMode::stretch && order.stretch > 1) option("--stretch", decimal(order.stretch));
  if (paced_ == CpuMode::profile) option("--service-times-of", order.resource);
  arguments.insert(arguments.end(), order.arguments.begin(), order.arguments.end());
  if (!settings_.log_dir.empty())
    command.output_file = settings_.log_dir + "/" + order.name + ".log";

  if (groups_) {
    auto group = groups_->make(order.name, order.cores, order.memory, order.starting_cores);
    if (!group.ok()) return group.error();
    worker->group_ = std::move(*group);
    worker->cores_ = order.cores;
    command.enter = worker->group_->enter();
  }
  auto child = Child::start(loop_, command, std::move(on_ready), std::move(on_exit));
  if (!child.ok()) return child.error();
  worker->child_ = std::move(*child);
  return worker;
}

}  // namespace paragon
