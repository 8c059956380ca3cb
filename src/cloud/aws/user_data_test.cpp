// The script is run by a real shell, with stand-ins for the worker and for shutdown.
#include "cloud/aws/user_data.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace paragon::aws {
namespace {

using testing::HasSubstr;

class UserData : public testing::Test {
 protected:
  UserData() {
    std::string pattern = (std::filesystem::temp_directory_path() / "paragon-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    write("shutdown", "#!/bin/sh\necho \"shutdown $*\" >> " + folder_ + "/log\n");
    settings_.program = folder_ + "/it's a worker";
  }
  ~UserData() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    chmod(path.c_str(), 0755);
  }
  void worker(const std::string& then) {
    write("it's a worker", "#!/bin/sh\nfor a in \"$@\"; do echo \"[$a]\"; done >> " + folder_ +
                               "/log\n" + then + "\n");
  }
  // Runs the script as an instance would; gives what was logged.
  std::string run() {
    write("script", user_data(settings_, 3));
    const std::string command = "PATH=" + folder_ + ":$PATH PARAGON_LISTEN_ADDRESS=127.0.0.9 sh " +
                                folder_ + "/script > /dev/null 2>&1";
    [[maybe_unused]] const int status = std::system(command.c_str());  // NOLINT: a test's own shell
    std::ifstream log(folder_ + "/log");
    return {std::istreambuf_iterator<char>(log), {}};
  }

  std::string folder_;
  InstanceSettings settings_;
};

TEST_F(UserData, StartsTheWorkerAndEndsTheInstanceWithIt) {
  worker("exit 0");
  settings_.catalog_file = "/opt/a b/catalog.yaml";
  settings_.port = 9100;
  const std::string log = run();
  EXPECT_THAT(log, HasSubstr("[worker]\n[--listen]\n[127.0.0.9:9100]\n[--slots]\n[3]\n"));
  EXPECT_THAT(log, HasSubstr("[--orphan-after]\n[600]\n"));
  EXPECT_THAT(log, HasSubstr("[--spot-notices]\n"));
  EXPECT_THAT(log, HasSubstr("[--catalog]\n[/opt/a b/catalog.yaml]\n"));
  EXPECT_TRUE(log.ends_with("shutdown -h now\n")) << log;
}

TEST_F(UserData, AWorkerThatCrashesEndsTheInstanceToo) {
  worker("exit 7");
  EXPECT_TRUE(run().ends_with("shutdown -h now\n"));
}

TEST_F(UserData, ASetupThatFailsEndsTheInstanceWithoutAWorker) {
  worker("exit 0");
  settings_.setup = "false\necho more >> " + shell_quoted(folder_ + "/log");
  EXPECT_EQ(run(), "shutdown -h now\n");
}

TEST_F(UserData, SetupComesFirst) {
  worker("exit 0");
  settings_.setup = "echo prepared >> " + shell_quoted(folder_ + "/log");
  EXPECT_TRUE(run().starts_with("prepared\n[worker]\n"));
}

TEST_F(UserData, FitsIntoWhatEc2Takes) {
  EXPECT_LT(user_data(settings_, 1024).size(), ec2::kUserDataMax);
}

TEST(ShellQuoted, IsReadBack) {
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
}

}  // namespace
}  // namespace paragon::aws
