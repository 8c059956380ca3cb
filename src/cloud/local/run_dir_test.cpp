#include "cloud/local/run_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;

struct RunDirTest : testing::Test {
  TemporaryFolder folder;
  const fs::path parent = folder.path();
};

TEST_F(RunDirTest, IsPrivateAndGoesWithItsOwner) {
  auto made = RunDir::make(parent / "new");
  ASSERT_TRUE(made.ok()) << made.error().message;
  const fs::path path = (*made)->path();
  struct stat facts = {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700U);
  std::ofstream((*made)->file("m1.sock")) << "x";
  made->reset();
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(RunDirTest, RemovesWhatTheDeadLeftAndNothingElse) {
  auto living = RunDir::make(parent);
  fs::create_directories(parent / "paragon-run-dead01");
  std::ofstream(parent / "paragon-run-dead01" / "owner") << "";
  std::ofstream(parent / "paragon-run-dead01" / "m3.sock") << "";
  fs::create_directories(parent / "somebody-else");
  auto next = RunDir::make(parent);
  ASSERT_TRUE(next.ok());
  EXPECT_FALSE(fs::exists(parent / "paragon-run-dead01"));
  EXPECT_TRUE(fs::exists(parent / "somebody-else"));
  EXPECT_TRUE(fs::exists((*living)->path()));
}

TEST_F(RunDirTest, RefusesAPathTooLongForSockets) {
  auto made = RunDir::make(parent / std::string(90, 'x'));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace paragon
