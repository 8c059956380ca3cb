#include "cloud/local/control_group.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

extern char** environ;

namespace paragon {
namespace {

namespace fs = std::filesystem;
constexpr const char* kPrefix = "paragon-";

std::string read_text(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// 0, or the errno. With write(2): a stream would hide which write the kernel refused and why.
int write_text(const fs::path& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return errno;
  const ssize_t wrote = ::write(fd, text.data(), text.size());
  const int why = wrote == static_cast<ssize_t>(text.size()) ? 0 : errno;
  ::close(fd);
  return why;
}

bool has_word(const std::string& text, const std::string& word, char separator) {
  std::stringstream words(text);
  std::string one;
  while (std::getline(words, one, separator))
    if (one == word || one == word + "\n") return true;
  return false;
}

// Field 22 of /proc/PID/stat; with the number it names a process for good. Empty: no such process.
std::string start_time(const std::string& pid) {
  const std::string stat = read_text("/proc/" + pid + "/stat");
  const auto behind_name = stat.rfind(')');
  if (behind_name == std::string::npos) return {};
  std::stringstream fields(stat.substr(behind_name + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  return field;
}

std::string own_prefix() {
  static std::atomic<int> made{0};  // several local clouds in one process
  const std::string pid = std::to_string(::getpid());
  return kPrefix + pid + "-" + start_time(pid) + "-" + std::to_string(made++) + "-";
}

bool maker_is_dead(const std::string& folder) {
  std::stringstream parts(folder.substr(std::strlen(kPrefix)));
  std::string pid;
  std::string started;
  if (!std::getline(parts, pid, '-') || !std::getline(parts, started, '-')) return false;
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos) return false;
  return start_time(pid) != started;
}

// Anywhere below `mount`: the dead maker may have run in another group than we do.
void remove_leftovers(const fs::path& mount) {
  std::error_code error;
  std::vector<fs::path> dead;
  fs::recursive_directory_iterator it(mount, fs::directory_options::skip_permission_denied, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(kPrefix) && it->is_directory(error) && maker_is_dead(name))
      dead.push_back(it->path());
  }
  for (const auto& folder : dead) ::rmdir(folder.c_str());
}

struct Mount {
  int version;
  fs::path at;
  fs::path own;  // our group below it, "/" where unknown
};

// The hierarchy that has `controller`.
std::optional<Mount> find_mount(const ControlGroups::System& system,
                                const std::string& controller) {
  std::stringstream own(read_text(system.own));
  std::string line;
  std::string own_v1 = "/";
  std::string own_v2 = "/";
  while (std::getline(own, line)) {  // "4:memory:/a/b", "0::/a/b"
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    if (names.empty()) own_v2 = line.substr(second + 1);
    if (has_word(names, controller, ',')) own_v1 = line.substr(second + 1);
  }
  std::stringstream mounts(read_text(system.mounts));
  std::optional<Mount> found;
  while (std::getline(mounts, line)) {
    std::stringstream fields(line);
    std::string device, at, type, options;
    fields >> device >> at >> type >> options;
    if (type == "cgroup" && has_word(options, controller, ',')) return Mount{1, at, own_v1};
    if (type == "cgroup2" &&
        has_word(read_text(fs::path(at) / "cgroup.controllers"), controller, ' '))
      found = Mount{2, at, own_v2};
  }
  return found;
}

// Version 2 hands a controller to the groups below only where cgroup.subtree_control says so.
bool hands_down(const fs::path& base, const std::string& controller) {
  const fs::path file = base / "cgroup.subtree_control";
  if (has_word(read_text(file), controller, ' ')) return true;
  return write_text(file, "+" + controller) == 0 && has_word(read_text(file), controller, ' ');
}

int set_cap(int version, const fs::path& folder, Vcpus share) {
  const CpuQuota cap = cpu_quota(share);
  const std::string quota = std::to_string(cap.quota_us);
  const std::string period = std::to_string(cap.period_us);
  if (version == 2) return write_text(folder / "cpu.max", quota + " " + period);
  if (const int why = write_text(folder / "cpu.cfs_period_us", period)) return why;
  return write_text(folder / "cpu.cfs_quota_us", quota);
}

// Where the computer has less than was sold, workers give way to whatever is in no group of ours,
// such as the server that has to serve them: by as much as their share is smaller than a core.
int set_weight(int version, const fs::path& folder, Vcpus share) {
  const double one_process = version == 2 ? 100 : 1024;  // the kernel's measure
  const double least = version == 2 ? 1 : 2;
  const auto weight = std::lround(std::clamp(one_process * share.value, least, 10'000.0));
  return write_text(folder / (version == 2 ? "cpu.weight" : "cpu.shares"), std::to_string(weight));
}

int set_memory(int version, const fs::path& folder, Memory memory) {
  const std::string bytes = std::to_string(memory.value * 1024 * 1024);
  return write_text(folder / (version == 2 ? "memory.max" : "memory.limit_in_bytes"), bytes);
}

bool can_enter(const std::vector<std::string>& files) {
  std::vector<std::string> words = {
      "/bin/sh", "-c", "for f; do echo 0 > \"$f\" || exit 1; done 2> /dev/null", "enter"};
  words.insert(words.end(), files.begin(), files.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  if (::posix_spawn(&pid, "/bin/sh", nullptr, nullptr, arguments.data(), environ) != 0)
    return false;
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

CpuQuota cpu_quota(Vcpus share) {
  const double period = std::clamp(std::ceil(1000.0 / share.value), 20'000.0, 1'000'000.0);
  return {std::max(1000L, std::lround(share.value * period)), static_cast<long>(period)};
}

ControlGroup::~ControlGroup() {
  for (const auto& folder : folders_) ::rmdir(folder.c_str());
}

std::vector<std::string> ControlGroup::enter() const {
  std::vector<std::string> files;
  for (const auto& folder : folders_) files.push_back((folder / "cgroup.procs").string());
  return files;
}

bool ControlGroup::set_share(Vcpus share) {
  return set_cap(cpu_version_, folders_.front(), share) == 0;
}

Result<ControlGroups> ControlGroups::find(const System& system) {
  ControlGroups groups;
  groups.prefix_ = own_prefix();
  const auto choose = [&](const std::string& controller) -> std::optional<Hierarchy> {
    const auto mount = find_mount(system, controller);
    if (!mount) return std::nullopt;
    remove_leftovers(mount->at);
    for (const fs::path& base : {mount->at / mount->own.relative_path(), mount->at}) {
      if (::access(base.c_str(), W_OK) != 0) continue;
      if (mount->version == 2 && !hands_down(base, controller)) continue;
      return Hierarchy{mount->version, base};
    }
    return std::nullopt;
  };
  groups.cpu_ = choose("cpu");
  if (!groups.cpu_)
    return {ErrorCode::unsupported,
            "no control group hierarchy with the cpu controller is mounted and writable for us"};
  groups.memory_ = choose("memory");
  auto probe = groups.make("probe", vcpus(0.1), megabytes(64));
  if (!probe.ok() && groups.memory_) {  // the cpu controller alone is worth having
    groups.memory_.reset();
    probe = groups.make("probe", vcpus(0.1), megabytes(64));
  }
  if (!probe.ok()) return {ErrorCode::unsupported, probe.error().message};
  if (system.try_entering && !can_enter((*probe)->enter()))
    return {ErrorCode::unsupported, "processes may not be moved into control groups made in '" +
                                        groups.cpu_->base.string() + "'"};
  return groups;
}

Result<std::unique_ptr<ControlGroup>> ControlGroups::make(const std::string& name, Vcpus share,
                                                          Memory memory,
                                                          std::optional<Vcpus> starting) {
  std::unique_ptr<ControlGroup> group(new ControlGroup);
  const auto add = [&](const Hierarchy& hierarchy) -> Result<fs::path> {
    fs::path folder = hierarchy.base / (prefix_ + name);
    if (!group->folders_.empty() && group->folders_.front() == folder) return folder;
    if (::mkdir(folder.c_str(), 0755) != 0)
      return {ErrorCode::unavailable,
              "making the control group '" + folder.string() + "': " + std::strerror(errno)};
    group->folders_.push_back(folder);
    return folder;
  };
  group->cpu_version_ = cpu_->version;
  auto in_cpu = add(*cpu_);
  if (!in_cpu.ok()) return in_cpu.error();
  const Vcpus cap = starting.value_or(share);
  int why = set_weight(cpu_->version, *in_cpu, share);
  if (why == 0) why = set_cap(cpu_->version, *in_cpu, cap);
  if (why != 0) {
    const std::string what = "capping '" + in_cpu->string() + "' at " + std::to_string(cap.value) +
                             " cores: " + std::strerror(why);
    if (why == EINVAL)
      return {ErrorCode::insufficient_capacity, what + ": an outer control group allows less"};
    return {ErrorCode::unavailable, what};
  }
  if (memory_) {
    auto in_memory = add(*memory_);
    if (!in_memory.ok()) return in_memory.error();
    why = set_memory(memory_->version, *in_memory, memory);
    if (why != 0)
      return {ErrorCode::unavailable,
              "limiting the memory of '" + in_memory->string() + "': " + std::strerror(why)};
  }
  return group;
}

std::string ControlGroups::text() const {
  return "control groups: cpu v" + std::to_string(cpu_->version) +
         (memory_ ? ", memory v" + std::to_string(memory_->version) : ", memory not capped");
}

}  // namespace paragon
