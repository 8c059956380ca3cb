// `paragon validate` as a person uses it: exit status, what is said where, all shipped data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Ran {
  int status = -1;
  std::string out;  // stdout and stderr together
};

Ran validate(const std::string& arguments) {
  Ran ran;
  const std::string line =
      std::string("timeout 60 ") + PARAGON_PROGRAM + " validate " + arguments + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  char piece[4096];
  for (std::size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;) ran.out.append(piece, n);
  const int ended = pclose(pipe);
  if (WIFEXITED(ended)) ran.status = WEXITSTATUS(ended);
  return ran;
}

class Validate : public testing::Test {
 protected:
  // A file of no telling name.
  Ran validate_text(const std::string& text) {
    std::ofstream(dir_ / "file", std::ios::binary) << text;
    return validate((dir_ / "file").string());
  }

  paragon::TemporaryFolder folder_;
  const fs::path dir_ = folder_.path();
};

TEST_F(Validate, AllShippedDataIsFitForUse) {
  int files = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(PARAGON_SOURCE_DIR) / "data")) {
    if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
    const Ran ran = validate(entry.path().string());
    EXPECT_EQ(ran.status, 0) << entry.path() << ":\n" << ran.out;
    // A summary fits on a screen.
    EXPECT_LT(std::count(ran.out.begin(), ran.out.end(), '\n'), 60) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 5);
  const std::string paper = std::string(PARAGON_SOURCE_DIR) + "/data/paper/catalog.yaml";
  EXPECT_THAT(validate(paper).out, HasSubstr("fit for planning, not for serving"));
  for (const char* file : {"catalog.yaml", "local.yaml"}) {
    const std::string imagenet = std::string(PARAGON_SOURCE_DIR) + "/examples/imagenet/" + file;
    EXPECT_EQ(validate(imagenet + " --without-models").status, 0) << file;
  }
}

TEST_F(Validate, TellsTheKindOfFileByItsContent) {
  EXPECT_THAT(validate_text("# a trace\nsecond,requests\n0,3\n1,5\n").out,
              HasSubstr("a trace of 8 requests"));
  EXPECT_THAT(validate_text("time_s\n0.5\n").out, HasSubstr("a trace of 1 requests"));
  EXPECT_THAT(validate_text("paragon_mix: 1\nclasses: [{name: a, task: t}]\n").out,
              HasSubstr("a query mix of 1 classes"));
  EXPECT_THAT(
      validate_text("function_offers:\n  - {name: f, memory_mb: 128, price_usd_per_call: 0, "
                    "price_usd_per_gb_second: 0, cold_start_s: 1}\nparagon: 1\n")
          .out,
      HasSubstr("1 function offers"));
}

TEST_F(Validate, ComplaintsGiveExitStatusTwoWithFileAndLine) {
  const auto refused = [&](const std::string& text, const std::string& why) {
    const Ran ran = validate_text(text);
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr((dir_ / "file").string() + ":"));
    EXPECT_THAT(ran.out, HasSubstr(why));
  };
  refused("", "is empty");
  refused(std::string("\x7f"
                      "ELF\x02\x01\0\0\xff\xfe",
                      10),
          "not a text file");
  refused("second,requests\n0,1\n2,1\n", ":3: second: got 2, expected 1");
  refused("minute,requests\n0,-1\n", ":2: requests: got '-1'");
  refused("paragon_mix: 1\nclasses: [{name: a, task: t, weight: 1e999}]\n", "classes[0].weight");
  refused("paragon: 1\nmachine_ofers: []\n",
          ":2: machine_ofers: unknown field, did you mean 'machine_offers'?");
  refused("paragon: 1\nfunction_offers: [{name: f, memory_mb: 512MB}]\n", "memory_mb: got '512MB'");
  EXPECT_EQ(validate((dir_ / "none").string()).status, 2);
  EXPECT_EQ(validate(dir_.string()).status, 2);
  EXPECT_EQ(validate("").status, 2);
}

}  // namespace
