// `paragon figures --quick` as a person uses it: files, fields, the claims whose sign does not
// depend on size, and what is said about what is missing or wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

struct Ran {
  int status = -1;
  std::string out;  // stdout and stderr together
};

Ran figures(const std::string& arguments) {
  Ran ran;
  const std::string line =
      std::string("timeout 150 ") + PARAGON_PROGRAM + " figures " + arguments + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  char piece[4096];
  for (std::size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;) ran.out.append(piece, n);
  const int ended = pclose(pipe);
  if (WIFEXITED(ended)) ran.status = WEXITSTATUS(ended);
  return ran;
}

class Figures : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(dir_ / "traces"); }

  // An hour that swings by half within five minutes and jumps to twice the load for one of ten.
  void write_trace(const std::string& name) {
    std::ofstream out(dir_ / "traces" / (name + ".csv"));
    out << "second,requests\n";
    for (int s = 0; s < 3600; ++s) {
      const double swing = 1 + 0.5 * std::sin(s * 2 * M_PI / 300);
      out << s << ',' << std::lround(80 * swing * (s % 600 >= 300 && s % 600 < 360 ? 2 : 1))
          << '\n';
    }
  }
  std::string folders() const {
    return "--traces " + (dir_ / "traces").string() + " --out " + (dir_ / "out").string();
  }
  json read() const { return json::parse(std::ifstream(dir_ / "out" / "figures.json")); }

  paragon::TemporaryFolder folder_;
  const fs::path dir_ = folder_.path();
};

json find(const json& all, const std::string& figure, const std::string& prices,
          const std::string& claim) {
  for (const json& s : all["statements"]) {
    if (s["figure"] == figure && s["prices"] == prices &&
        s["claim"].get<std::string>().find(claim) != std::string::npos)
      return s;
  }
  return {};
}

TEST_F(Figures, EveryFigureWithNumbersIsDrawnBesideWhatThePaperStates) {
  write_trace("berkeley");
  const Ran ran = figures("--quick " + folders());
  ASSERT_EQ(ran.status, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("MISSING TRACE"));
  EXPECT_THAT(ran.out, HasSubstr("twitter_1h.csv"));
  EXPECT_THAT(ran.out, HasSubstr("the paper states"));

  const json all = read();
  EXPECT_EQ(all["quick"], true);
  EXPECT_EQ(all["missing_traces"].size(), 3);
  std::vector<int> drawn;
  for (const json& f : all["figures"]) drawn.push_back(f["figure"]);
  EXPECT_THAT(drawn, testing::ElementsAre(2, 3, 4, 5, 6, 7, 8, 9));
  for (const json& s : all["statements"]) {
    for (const char* field : {"figure", "prices", "claim", "paper_percent", "our_percent",
                              "difference_points", "measured", "verdict"})
      EXPECT_TRUE(s.contains(field)) << field << " in " << s;
    EXPECT_FALSE(s["measured"].get<std::string>().empty()) << s;
  }
  // Selection by constraints never runs a model that is larger than it needs to be.
  for (const char* prices : {"2019", "2026"}) {
    EXPECT_EQ(find(all, "4", prices, "machines are cheaper").is_null(), false);
    EXPECT_GT(find(all, "9c", prices, "naive")["our_percent"], 20);
    EXPECT_GT(find(all, "6", prices, "fewer SLO misses")["our_percent"], 0);
  }
  EXPECT_GT(find(all, "5", "", "exascale")["our_percent"], 0);
  EXPECT_EQ(find(all, "3a", "", "latency")["verdict"], "reached");

  const std::string page = [&] {
    std::ifstream in(dir_ / "out" / "figures.html");
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, testing::Not(HasSubstr("src=\"http")));
  EXPECT_THAT(page, HasSubstr("the headroom of exascale, by figure 5"));
  int plots = 0;
  for (const auto& entry : fs::directory_iterator(dir_ / "out"))
    plots += entry.path().extension() == ".svg" ? 1 : 0;
  EXPECT_GE(plots, 20);
}

TEST_F(Figures, TheSameOnAnyNumberOfThreads) {
  write_trace("wits");
  ASSERT_EQ(figures("--quick --figure 6 --threads 1 " + folders()).status, 0);
  const json one = read();
  ASSERT_EQ(figures("--quick --figure 6 --threads 3 " + folders()).status, 0);
  EXPECT_EQ(one, read());
}

TEST_F(Figures, WrongInputIsRefused) {
  EXPECT_EQ(figures("--figure 1 " + folders()).status, 2);
  EXPECT_THAT(figures("--figure 10 " + folders()).out, HasSubstr("expected 2 to 9"));
  EXPECT_EQ(figures("--provisioning-s 0 " + folders()).status, 2);
  const Ran nowhere =
      figures("--traces " + (dir_ / "nope").string() + " --out " + (dir_ / "out").string());
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.out, HasSubstr("nope: expected the folder of the recorded traces"));
  EXPECT_FALSE(fs::exists(dir_ / "out"));
  std::ofstream(dir_ / "traces" / "wits.csv") << "second,requests\n0,x\n";
  const Ran ran = figures("--figure 7 " + folders());
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.out, HasSubstr("wits.csv:2"));
}

}  // namespace
