// What the local cloud promises beyond the contract of all clouds.
#include "cloud/local/local_cloud.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/temporary_folder.h"
#include "cloud/local/test_catalog.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// A zombie has ended; its parent only has not looked yet.
bool runs(pid_t pid) {
  const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  return !stat.empty() && stat.find(") Z") == std::string::npos;
}

// CPU time of a process so far, user and system.
double cpu_seconds(pid_t pid) {
  const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  if (stat.empty()) return 0;
  std::stringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

struct LocalCloudTest : testing::Test {
  void SetUp() override {
    settings.program = PARAGON_STAND_IN;
    settings.run_dir = folder;
  }
  void TearDown() override { cloud.reset(); }

  void open() {
    auto built = Catalog::build(parts);
    ASSERT_TRUE(built.ok()) << built.error().message;
    catalog = std::make_unique<Catalog>(std::move(*built));
    auto opened = LocalCloud::open(loop, *catalog, settings, [this](const CloudEvent& event) {
      events.push_back(event);
      check();
    });
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    cloud = std::move(*opened);
  }
  void behave(const std::string& words) {  // of the stand-in
    settings.catalog_file = folder / "behaviour";
    std::ofstream(settings.catalog_file) << words;
  }
  void check() {
    if (wanted && wanted()) loop.stop();
  }
  bool until(std::function<bool()> when) {
    wanted = std::move(when);
    if (wanted()) return true;
    auto limit = loop.after(std::chrono::seconds(30), [this] { loop.stop(); });
    std::function<void()> look = [&] {  // for what changes without an event
      check();
      poll = loop.after(milliseconds(1), look);
    };
    look();
    loop.run();
    poll.cancel();
    return std::exchange(wanted, nullptr)();
  }
  template <class Event>
  std::optional<Event> last(std::uint32_t id) const {
    for (auto it = events.rbegin(); it != events.rend(); ++it)
      if (const auto* one = std::get_if<Event>(&*it);
          one != nullptr && one->machine == MachineId{id})
        return *one;
    return std::nullopt;
  }
  bool launched(std::uint32_t id) {
    cloud->launch(MachineOfferId{0}, MachineId{id});
    return until([&] { return last<MachineReady>(id).has_value(); });
  }
  std::optional<Error> failure(std::uint32_t id) {
    cloud->launch(MachineOfferId{0}, MachineId{id});
    EXPECT_TRUE(until([&] { return last<MachineFailed>(id).has_value(); }));
    auto failed = last<MachineFailed>(id);
    return failed ? std::optional(failed->error) : std::nullopt;
  }

  using Answer = std::optional<Result<FunctionAnswer>>;
  std::shared_ptr<Answer> invoke(const std::string& body, VariantId variant = {},
                                 Duration timeout = FunctionCall{}.timeout) {
    auto answer = std::make_shared<Answer>();
    FunctionCall call;
    call.timeout = timeout;
    call.variant = variant;
    call.target = "/";
    call.body = std::make_shared<const std::string>(body);
    cloud->invoke(call, [this, answer](Result<FunctionAnswer> result) {
      *answer = std::move(result);
      check();
    });
    return answer;
  }
  // The facts that the stand-in tells about itself: "<pid>\n<arguments>\nfiles: ...".
  std::string told(const std::string& body, VariantId variant = {}) {
    auto answer = invoke(body, variant);
    EXPECT_TRUE(until([&] { return answer->has_value(); }));
    if (!answer->has_value() || !(*answer)->ok()) return {};
    return (**answer)->answer.body;
  }
  pid_t environment_of(VariantId variant) {
    const std::string facts = told("ok", variant);
    return facts.empty() ? 0 : std::stoi(facts);
  }

  Loop loop;
  Catalog::Parts parts = small_parts();
  LocalCloudSettings settings;
  TemporaryFolder temporary;
  const fs::path folder = temporary.path();
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<LocalCloud> cloud;
  std::vector<CloudEvent> events;
  std::function<bool()> wanted;
  Loop::Timer poll;
};

TEST_F(LocalCloudTest, ReadyNoEarlierThanTheProvisioningDelay) {
  parts.machine_offers[0].provisioning_delay = {milliseconds(400), 0};
  open();
  const Time ordered = loop.now();
  ASSERT_TRUE(launched(1));
  EXPECT_GE(loop.now() - ordered, milliseconds(400));
}

TEST_F(LocalCloudTest, WorkersAreToldTheirSizeAndHoldNoFilesOfOurs) {
  settings.cpu = CpuMode::stretch;
  settings.log_dir = folder / "log";
  parts.function_offers[0].vcpus = vcpus(0.25);
  open();
  const std::string function = told("ok");
  for (const char* part :
       {"worker --listen unix:", "--memory-mb 512 ", "--lifeline-fd 3 ", "--ready-fd 4 ",
        "--stretch 4 ", "--function ", "--preload small ", "files: 0 1 2 3 4\n"})
    EXPECT_NE((function + "\n").find(part), std::string::npos) << part << " in " << function;

  ASSERT_TRUE(launched(5));
  http::Client client(loop, last<MachineReady>(5)->endpoint);
  std::string machine;
  http::Client::Call call;
  call.body = std::make_shared<const std::string>("ok");
  client.send(call, [&](const Result<http::Answer>& answer) {
    if (answer.ok()) machine = answer->body;
  });
  ASSERT_TRUE(until([&] { return !machine.empty(); }));
  for (const char* part : {"--slots 2 ", "--preload all ", "--memory-mb 1024 ", "--stretch 2 "})
    EXPECT_NE(machine.find(part), std::string::npos) << part << " in " << machine;
  EXPECT_TRUE(fs::exists(folder / "log" / "m5.log"));
}

TEST_F(LocalCloudTest, WorkersAreToldWhoseServiceTimesTheyPlay) {
  settings.cpu = CpuMode::profile;
  parts.function_offers[0].vcpus = vcpus(0.25);
  open();
  const std::string function = told("ok");
  const std::string flag = "--service-times-of function:" + parts.function_offers[0].name + " ";
  EXPECT_NE((function + "\n").find(flag), std::string::npos) << function;
  EXPECT_EQ(function.find("--stretch"), std::string::npos) << function;
}

TEST_F(LocalCloudTest, OrdersBeyondTheHostFail) {
  settings.machines_max = 2;
  open();
  ASSERT_TRUE(launched(1));
  ASSERT_TRUE(launched(2));
  auto failed = failure(3);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, ErrorCode::insufficient_capacity);
  cloud->terminate(MachineId{1});
  ASSERT_TRUE(until([&] { return last<MachineGone>(1).has_value(); }));
  EXPECT_TRUE(launched(4)) << "there is room again";
}

TEST_F(LocalCloudTest, VcpusAreCountedAsSold) {
  settings.vcpus_max = vcpus(3);  // one machine of two
  open();
  ASSERT_TRUE(launched(1));
  auto failed = failure(2);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, ErrorCode::insufficient_capacity);
}

TEST_F(LocalCloudTest, BootFailureSaysHowItEnded) {
  behave("exit_at_boot");
  open();
  auto failed = failure(1);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, ErrorCode::unavailable);
  EXPECT_NE(failed->message.find("exit status 7"), std::string::npos) << failed->message;
  auto answer = invoke("ok");
  ASSERT_TRUE(until([&] { return answer->has_value(); }));
  ASSERT_FALSE((*answer)->ok());
  EXPECT_EQ((*answer)->error().code, ErrorCode::unavailable);
}

TEST_F(LocalCloudTest, WorkerThatNeverGetsReadyIsGivenUp) {
  behave("never_ready");
  settings.boot_timeout = milliseconds(200);
  open();
  auto failed = failure(1);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, ErrorCode::timeout);
  EXPECT_TRUE(until([&] { return cloud->machine(MachineId{1}) == nullptr; }));
}

TEST_F(LocalCloudTest, DrainTimeOverMeansKilled) {
  behave("ignore_sigterm");
  settings.drain_time = milliseconds(50);
  open();
  ASSERT_TRUE(launched(1));
  const pid_t pid = cloud->machine(MachineId{1})->pid();
  cloud->terminate(MachineId{1});
  ASSERT_TRUE(until([&] { return last<MachineGone>(1).has_value(); }));
  EXPECT_FALSE(runs(pid));
}

TEST_F(LocalCloudTest, KeepAliveOverEndsTheEnvironment) {
  parts.function_offers[0].keep_alive = milliseconds(100);
  open();
  const pid_t first = environment_of(VariantId{0});
  ASSERT_GT(first, 0);
  const Time idle_since = loop.now();
  ASSERT_TRUE(until([&] { return cloud->functions().environments().empty(); }));
  EXPECT_GE(loop.now() - idle_since, milliseconds(90));
  EXPECT_FALSE(runs(first));
  auto answer = invoke("ok");
  ASSERT_TRUE(until([&] { return answer->has_value(); }));
  EXPECT_TRUE((**answer)->cold);
}

TEST_F(LocalCloudTest, AStartThatOutlastsItsCallIsThereForTheNext) {
  parts.function_offers[0].cold_start = {milliseconds(100), 0};
  open();
  const auto late = invoke("ok", VariantId{0}, milliseconds(10));
  ASSERT_TRUE(until([&] { return late->has_value(); }));
  ASSERT_FALSE((*late)->ok());
  EXPECT_EQ((*late)->error().code, ErrorCode::timeout);
  ASSERT_TRUE(until([&] {
    const auto there = cloud->functions().environments();
    return there.size() == 1 && there[0].idle;
  }));
  const pid_t started = cloud->functions().environments()[0].pid;
  const auto next = invoke("ok");
  ASSERT_TRUE(until([&] { return next->has_value(); }));
  ASSERT_TRUE((*next)->ok()) << (*next)->error().message;
  EXPECT_FALSE((**next)->cold);
  EXPECT_EQ(std::stoi((**next)->answer.body), started);
}

TEST_F(LocalCloudTest, MostRecentlyUsedEnvironmentRunsTheNextCall) {
  open();
  auto longer = invoke("sleep 400");
  auto shorter = invoke("ok");
  ASSERT_TRUE(until([&] { return longer->has_value() && shorter->has_value(); }));
  const std::string last_used = (**longer)->answer.body;
  ASSERT_NE(last_used, (**shorter)->answer.body);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(told("ok"), last_used);
}

TEST_F(LocalCloudTest, EnvironmentsBelongToOneVariant) {
  open();
  const pid_t small = environment_of(VariantId{0});
  const pid_t large = environment_of(VariantId{1});
  EXPECT_NE(small, large);
  EXPECT_EQ(environment_of(VariantId{0}), small);
  EXPECT_EQ(environment_of(VariantId{1}), large);
}

TEST_F(LocalCloudTest, FullHostMakesRoomFromTheLongestIdle) {
  settings.environments_max = 1;
  open();
  const pid_t small = environment_of(VariantId{0});
  const pid_t large = environment_of(VariantId{1});
  ASSERT_GT(large, 0);
  EXPECT_TRUE(until([&] { return !runs(small); }));
  auto busy = invoke("hang", VariantId{1});
  auto refused = invoke("ok", VariantId{0});
  ASSERT_TRUE(until([&] { return refused->has_value(); }));
  ASSERT_FALSE((*refused)->ok());
  EXPECT_EQ((*refused)->error().code, ErrorCode::throttled);
  EXPECT_FALSE(busy->has_value());
}

TEST_F(LocalCloudTest, BillsTheRunWithoutTheInitialisation) {
  parts.function_offers[0].billing_step = milliseconds(100);
  parts.function_offers[0].cold_start = {milliseconds(700), 0};
  open();
  const Time asked = loop.now();
  auto answer = invoke("sleep 150");
  ASSERT_TRUE(until([&] { return answer->has_value(); }));
  const auto waited = std::chrono::duration_cast<milliseconds>(loop.now() - asked);
  ASSERT_TRUE((*answer)->ok());
  EXPECT_EQ((**answer)->billed % milliseconds(100), Duration::zero());
  EXPECT_GE((**answer)->billed, milliseconds(200));
  EXPECT_GE(waited, milliseconds(850));
  EXPECT_LE((**answer)->billed + milliseconds(600), waited) << "the extra is not billed";
}

TEST_F(LocalCloudTest, CpuShareIsImposed) {
  parts.function_offers[0].vcpus = vcpus(0.2);
  settings.cpu = CpuMode::control_group;
  if (auto groups = ControlGroups::find(); !groups.ok())
    GTEST_SKIP() << "NOT TESTED, shares are stretched instead: " << groups.error().message;
  open();
  const pid_t pid = environment_of(VariantId{0});
  ASSERT_GT(pid, 0);
  auto busy = invoke("spin 3600000");
  // CPU time against passing time; a busy computer can only make the share smaller. Long enough
  // for the 10 ms that a tick is not to matter.
  ASSERT_TRUE(until([&, before = cpu_seconds(pid)] { return cpu_seconds(pid) > before + 0.05; }));
  const double used = cpu_seconds(pid);
  const Time began = loop.now();
  ASSERT_TRUE(until([&] { return loop.now() - began > milliseconds(1500); }));
  const double share = (cpu_seconds(pid) - used) / seconds(loop.now() - began);
  EXPECT_LT(share, 0.23);
  EXPECT_GT(share, 0.05);
  const std::string group = text_of("/proc/" + std::to_string(pid) + "/cgroup");
  EXPECT_NE(group.find("paragon-"), std::string::npos) << group;
  cloud.reset();
  EXPECT_FALSE(runs(pid));
}

TEST_F(LocalCloudTest, NothingOutlivesTheCloud) {
  open();
  ASSERT_TRUE(launched(1));
  const pid_t machine = cloud->machine(MachineId{1})->pid();
  const pid_t environment = environment_of(VariantId{0});
  const std::string run_dir = cloud->run_dir();
  const std::string groups = text_of("/proc/" + std::to_string(machine) + "/cgroup");
  EXPECT_TRUE(fs::exists(run_dir));
  cloud.reset();
  EXPECT_FALSE(runs(machine));
  EXPECT_FALSE(runs(environment));
  EXPECT_FALSE(fs::exists(run_dir));
  std::stringstream lines(groups);
  for (std::string line; std::getline(lines, line);) {
    const auto name = line.find("/paragon-");
    if (name == std::string::npos) continue;
    for (const char* at : {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/memory", "/sys/fs/cgroup"})
      EXPECT_FALSE(fs::exists(at + line.substr(name))) << line;
  }
}

TEST_F(LocalCloudTest, NothingOutlivesAKilledProgram) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t host = ::fork();
  if (host == 0) {
    ::dup2(ends[1], 1);
    ::execl(PARAGON_STAND_IN, PARAGON_STAND_IN, "host", folder.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string line;
  char byte;
  while (::read(ends[0], &byte, 1) == 1 && byte != '\n') line += byte;
  pid_t machine = 0;
  pid_t environment = 0;
  std::stringstream(line) >> machine >> environment;
  const bool up = machine > 0 && environment > 0 && runs(machine) && runs(environment);
  ::kill(host, SIGKILL);
  ASSERT_EQ(::waitpid(host, nullptr, 0), host);
  ::close(ends[0]);
  ASSERT_TRUE(up) << "'" << line << "'";
  EXPECT_TRUE(until([&] { return !runs(machine) && !runs(environment); }));
  // Its folder is left, and the next cloud in the same place removes it.
  const auto folders = [&] {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) count += entry.is_directory() ? 1 : 0;
    return count;
  };
  EXPECT_EQ(folders(), 1U);
  open();
  EXPECT_EQ(folders(), 1U) << "only that of the new cloud";
}

TEST_F(LocalCloudTest, WrongSettingsAreAllNamed) {
  settings.machines_max = -1;
  settings.vcpus_max = vcpus(-2);
  settings.drain_time = milliseconds(-1);
  auto built = Catalog::build(parts);
  ASSERT_TRUE(built.ok());
  auto opened = LocalCloud::open(loop, *built, settings, [](const CloudEvent&) {});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::invalid);
  for (const char* name : {"machines_max", "vcpus_max", "drain_time"})
    EXPECT_NE(opened.error().message.find(name), std::string::npos) << opened.error().message;
  settings = {};
  settings.program = "/no/such/program";
  auto missing = LocalCloud::open(loop, *built, settings, [](const CloudEvent&) {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace paragon
