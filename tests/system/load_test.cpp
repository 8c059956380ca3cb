// `paragon load` as its user has it: against a real server, in a shape that is given, with a report
// to read and one to keep.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "system/serve_fixture.h"

namespace paragon::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kTrace = "second,requests\n0,30\n1,50\n";

class LoadCommand : public Serve {
 protected:
  // With two pictures of its own, so that no data set need be installed.
  LoadCommand() {
    folder.write("pictures/a.png", picture());
    folder.write("pictures/b.png", picture());
    folder.write("pictures/labels.csv", "file,class_name\na.png,Bag\nb.png,Coat\n");
    folder.write("trace.csv", kTrace);
    folder.write("mix.yaml",
                 "paragon_mix: 1\ndefaults: {task: garment-classification}\nclasses:\n"
                 "  - {name: soon, weight: 3, class: strict, max_latency_ms: 20000}\n"
                 "  - {name: never, class: strict, min_accuracy: 1, max_latency_ms: 20000}\n");
  }
  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
  Ended load(const std::string& url, const std::vector<std::string>& more) const {
    return run_program(with({"load", "--url", url, "--images", at("pictures"), "--quiet"}, more));
  }
  static std::string url(const RunningServer& server) {
    return "http://127.0.0.1:" + std::to_string(server.port());
  }
  std::string text(const std::string& name) const {
    std::ifstream file(at(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(LoadCommand, ReplaysATraceAndSaysWhatBecameOfEachClass) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  const Ended run = load(url(server), {"--trace", at("trace.csv"), "--mix", at("mix.yaml"),
                                       "--compress", "2", "--seed", "4", "--out", at("kept.json")});
  ASSERT_EQ(run.status, 0) << run.out;
  EXPECT_THAT(run.out, AllOf(HasSubstr("soon"), HasSubstr("never"), HasSubstr("missed")));

  const json report = json::parse(text("kept.json"), nullptr, false);
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["load"]["duration_s"], 1);
  const json& total = report["total"];
  EXPECT_GT(total["sent"], 40);  // 80 are meant, by chance
  const json& soon = report["classes"][0];
  EXPECT_EQ(soon["name"], "soon");
  EXPECT_EQ(soon["answered"], soon["sent"]);
  EXPECT_GT(soon["cost_usd"], 0);
  EXPECT_EQ(soon["accuracy"]["judged"], soon["answered"]) << "all pictures are labelled";
  EXPECT_GT(soon["latency_ms"]["p50"], 0);
  const json& never = report["classes"][1];
  EXPECT_EQ(never["answered"], 0) << "no network is never wrong";
  EXPECT_EQ(never["failed"], never["sent"]) << "no bound of the server's, but one of the query's";
  EXPECT_EQ(never["missed"], never["sent"]);
  EXPECT_EQ(soon["sent"].get<int>() + never["sent"].get<int>(), total["sent"].get<int>());
  const json status = json::parse(caller.get("/api/v1/status").body, nullptr, false);
  EXPECT_EQ(status["answered"], total["answered"]) << status;
}

TEST_F(LoadCommand, JsonIsTheOneDocument) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  const Ended run = load(url(server), {"--rate", "40", "--duration", "0.5", "--json"});
  ASSERT_EQ(run.status, 0) << run.out;
  const json report = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << run.out;
  EXPECT_EQ(report["format"], "paragon-load-1");
  EXPECT_EQ(report["total"]["answered"], report["total"]["sent"]);
}

TEST_F(LoadCommand, WhatCannotBeDoneIsOneLine) {
  const struct {
    int status;
    std::vector<std::string> arguments;
    std::string says;
  } cases[] = {
      {1, {"--rate", "5", "--duration", "1"}, "http://127.0.0.1:1: "},
      {2, {}, "a load needs a trace or a rate"},
      {2, {"--rate", "-5", "--duration", "1"}, "-5"},
      {2, {"--rate", "5", "--duration", "1", "--body", "song"}, "--body: got 'song'"},
      {2, {"--trace", at("none.csv")}, "none.csv"},
      {2, {"--rate", "5", "--duration", "1", "--mix", at("trace.csv")}, "trace.csv:1"},
      {2, {"--rate", "5", "--duration", "1", "--out", at("none/kept.json")}, "none/kept.json"},
      {2,
       {"--trace", at("trace.csv"), "--out", at("trace.csv")},
       "--out: got '" + at("trace.csv") + "', expected another file than that of --trace"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.says);
    const Ended run = load("http://127.0.0.1:1", one.arguments);
    EXPECT_EQ(run.status, one.status);
    EXPECT_THAT(run.out, HasSubstr(one.says));
    EXPECT_LE(std::ranges::count(run.out, '\n'), 2) << run.out;  // and where the help is
  }
  EXPECT_EQ(text("trace.csv"), kTrace) << "what is read stays";
}

}  // namespace
}  // namespace paragon::testing
