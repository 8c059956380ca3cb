#include "cloud/local/control_group.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/temporary_folder.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}
void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

TEST(CpuQuota, TwentyMillisecondsUnlessTheShareIsTiny) {
  EXPECT_EQ(cpu_quota(vcpus(0.2)).quota_us, 4000);
  EXPECT_EQ(cpu_quota(vcpus(0.2)).period_us, 20000);
  EXPECT_EQ(cpu_quota(vcpus(2)).quota_us, 40000);
  EXPECT_EQ(cpu_quota(vcpus(0.01)).quota_us, 1000);  // the least the kernel takes
  EXPECT_EQ(cpu_quota(vcpus(0.01)).period_us, 100000);
  EXPECT_EQ(cpu_quota(vcpus(1e-9)).period_us, 1000000);
}

// Plain files in the place of the kernel's: what is written where.
struct FakeSystem : testing::Test {
  void SetUp() override {
    system.mounts = root / "mounts";
    system.own = root / "own";
    system.try_entering = false;
  }

  TemporaryFolder temporary;
  const fs::path root = temporary.path();
  ControlGroups::System system;
};

TEST_F(FakeSystem, VersionOneUsesEachControllersHierarchy) {
  const std::string cpu = root / "cpu,cpuacct";
  const std::string memory = root / "memory";
  fs::create_directories(cpu);
  fs::create_directories(memory + "/box");
  write(system.mounts, "cgroup " + cpu + " cgroup rw,nosuid,cpu,cpuacct 0 0\n" + "cgroup " +
                           memory + " cgroup rw,memory 0 0\n");
  write(system.own, "4:memory:/box\n2:cpu,cpuacct:/not/visible/here\n");
  auto groups = ControlGroups::find(system);
  ASSERT_TRUE(groups.ok()) << groups.error().message;
  EXPECT_EQ(groups->text(), "control groups: cpu v1, memory v1");
  auto group = groups->make("m1", vcpus(0.5), megabytes(100));
  ASSERT_TRUE(group.ok()) << group.error().message;
  const auto enter = (*group)->enter();
  ASSERT_EQ(enter.size(), 2U);
  const fs::path in_cpu = fs::path(enter[0]).parent_path();
  const fs::path in_memory = fs::path(enter[1]).parent_path();
  EXPECT_EQ(in_cpu.parent_path(), cpu);                 // where our own group is hidden: the top
  EXPECT_EQ(in_memory.parent_path(), memory + "/box");  // inside our own
  EXPECT_EQ(text_of(in_cpu / "cpu.cfs_period_us"), "20000");
  EXPECT_EQ(text_of(in_cpu / "cpu.cfs_quota_us"), "10000");
  EXPECT_EQ(text_of(in_cpu / "cpu.shares"), "512");
  EXPECT_EQ(text_of(in_memory / "memory.limit_in_bytes"), "104857600");
}

TEST_F(FakeSystem, VersionTwoUsesOneGroupForBoth) {
  const std::string top = root / "unified";
  write(top + "/cgroup.controllers", "cpuset cpu io memory pids\n");
  write(top + "/cgroup.subtree_control", "cpu memory\n");
  write(system.mounts, "cgroup2 " + top + " cgroup2 rw,nsdelegate 0 0\n");
  write(system.own, "0::/user.slice/none\n");
  auto groups = ControlGroups::find(system);
  ASSERT_TRUE(groups.ok()) << groups.error().message;
  EXPECT_EQ(groups->text(), "control groups: cpu v2, memory v2");
  auto group = groups->make("f1", vcpus(0.25), megabytes(1), vcpus(0.4));
  ASSERT_TRUE(group.ok());
  ASSERT_EQ((*group)->enter().size(), 1U);
  const fs::path folder = fs::path((*group)->enter()[0]).parent_path();
  EXPECT_EQ(text_of(folder / "cpu.max"), "8000 20000");  // while it starts
  EXPECT_TRUE((*group)->set_share(vcpus(0.25)));
  EXPECT_EQ(text_of(folder / "cpu.max"), "5000 20000");
  EXPECT_EQ(text_of(folder / "cpu.weight"), "25");
  EXPECT_EQ(text_of(folder / "memory.max"), "1048576");
}

TEST_F(FakeSystem, WithoutCpuControllerNothingIsPromised) {
  const std::string top = root / "unified";
  write(top + "/cgroup.controllers", "hugetlb\n");
  write(system.mounts, "cgroup2 " + top + " cgroup2 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n");
  write(system.own, "0::/\n");
  auto groups = ControlGroups::find(system);
  ASSERT_FALSE(groups.ok());
  EXPECT_EQ(groups.error().code, ErrorCode::unsupported);
}

TEST_F(FakeSystem, RemovesGroupsOfDeadMakersOnly) {
  const std::string cpu = root / "cpu";
  write(system.mounts, "cgroup " + cpu + " cgroup rw,cpu 0 0\n");
  write(system.own, "2:cpu:/\n");
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(dead, nullptr, 0), dead);
  const fs::path left = fs::path(cpu) / "a" / ("paragon-" + std::to_string(dead) + "-12345-0-m1");
  // Our own number, but another start: a number used again.
  const fs::path reused = fs::path(cpu) / ("paragon-" + std::to_string(::getpid()) + "-1-0-m1");
  const fs::path foreign = fs::path(cpu) / "docker-1-1";
  for (const auto& folder : {left, reused, foreign}) fs::create_directories(folder);
  auto groups = ControlGroups::find(system);
  EXPECT_FALSE(fs::exists(left));
  EXPECT_FALSE(fs::exists(reused));
  EXPECT_TRUE(fs::exists(foreign));
}

TEST(ControlGroups, TheKernelMakesAndRemovesThem) {
  auto groups = ControlGroups::find();
  if (!groups.ok()) GTEST_SKIP() << "NOT TESTED: " << groups.error().message;
  auto group = groups->make("here", vcpus(0.5), megabytes(200));
  ASSERT_TRUE(group.ok()) << group.error().message;
  const auto files = (*group)->enter();
  for (const auto& file : files) EXPECT_TRUE(fs::exists(file)) << file;
  group->reset();
  for (const auto& file : files) EXPECT_FALSE(fs::exists(fs::path(file).parent_path())) << file;
}

}  // namespace
}  // namespace paragon
