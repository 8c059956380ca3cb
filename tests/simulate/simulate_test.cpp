// `paragon simulate` and `paragon compare` through the real program: fields, files, determinism.
#include <gmock/gmock.h>

#include <set>

#include "simulate/program.h"

namespace simulate_test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Gt;
using testing::HasSubstr;
using testing::Le;
using testing::Not;

// What other programs read: simulate's JSON has at least these.
void expect_contract(const json& run) {
  const auto number = [&](const char* pointer) {
    const json::json_pointer at(pointer);
    EXPECT_TRUE(run.contains(at) && run.at(at).is_number()) << pointer << "\n" << run.dump(1);
  };
  for (const char* pointer : {"/requests",
                              "/cost_usd/total",
                              "/cost_usd/machines",
                              "/cost_usd/functions",
                              "/cost_usd/wasted",
                              "/slo/violation_rate",
                              "/slo/strict_violation_rate",
                              "/slo/relaxed_violation_rate",
                              "/accuracy/delivered",
                              "/accuracy/violation_rate",
                              "/latency_ms/p50",
                              "/latency_ms/p99",
                              "/latency_ms/p999",
                              "/machines/peak",
                              "/machines/hours",
                              "/machines/overprovisioned_hours",
                              "/functions/share",
                              "/functions/cold_starts",
                              "/sim/wall_s",
                              "/sim/requests_per_s",
                              "/seed"}) {
    number(pointer);
  }
  for (const char* name : {"bound_usd", "clairvoyant_usd", "multiple_of_bound"}) {
    EXPECT_TRUE(run.contains(name)) << name;
  }
  EXPECT_TRUE(run.at("scheme").is_string());
  EXPECT_TRUE(run.at("trace").is_string());
}

json without_time(json run) {
  for (json& one : run.is_array() ? run : run = json::array({run})) one.erase("sim");
  return run;
}

class Simulate : public ProgramTest {};

TEST_F(Simulate, JsonKeepsItsContractAndAddsUp) {
  const Ran ran = paragon("simulate --json --trace " + trace());
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  const json run = ran.json();
  expect_contract(run);
  EXPECT_EQ(run.at("requests"), 7500);
  EXPECT_EQ(run.at("scheme"), "paragon");
  EXPECT_NEAR(run.at("cost_usd").at("total"),
              run.at("cost_usd").at("machines").get<double>() +
                  run.at("cost_usd").at("functions").get<double>(),
              1e-12);
  std::uint64_t of_classes = 0, missed = 0, served = 0;
  for (const json& c : run.at("classes")) {
    of_classes += c.at("requests").get<std::uint64_t>();
    missed += c.at("late").get<std::uint64_t>() + c.at("refused").get<std::uint64_t>();
    EXPECT_EQ(c.at("requests"), c.at("on_time").get<std::uint64_t>() +
                                    c.at("late").get<std::uint64_t>() +
                                    c.at("refused").get<std::uint64_t>());
  }
  for (const json& s : run.at("served")) served += s.at("queries").get<std::uint64_t>();
  EXPECT_EQ(of_classes, 7500U);
  EXPECT_EQ(served + run.at("slo").at("refused").get<std::uint64_t>(), 7500U);
  EXPECT_NEAR(run.at("slo").at("violation_rate"), static_cast<double>(missed) / 7500, 1e-12);
  EXPECT_GT(run.at("bound_usd"), 0);
  EXPECT_GE(run.at("clairvoyant_usd").get<double>(), run.at("bound_usd").get<double>());
  EXPECT_NEAR(run.at("multiple_of_bound"),
              run.at("cost_usd").at("total").get<double>() / run.at("bound_usd").get<double>(),
              1e-9);
}

TEST_F(Simulate, SameSeedSameBytesOtherSeedOthers) {
  const std::string line = "simulate --json --no-bound --trace " + trace();
  const json first = without_time(paragon(line).json());
  EXPECT_EQ(first, without_time(paragon(line).json()));
  EXPECT_NE(first, without_time(paragon(line + " --seed 2").json()));
}

TEST_F(Simulate, CsvHasTheNumbersOfTheJson) {
  const std::string line = "simulate --no-bound --trace " + trace();
  const Ran csv = paragon(line + " --csv");
  ASSERT_EQ(csv.status, 0) << csv.err;
  std::istringstream lines(csv.out);
  std::string head, row, more;
  ASSERT_TRUE(std::getline(lines, head) && std::getline(lines, row));
  EXPECT_FALSE(std::getline(lines, more));
  const auto split = [](const std::string& text) {
    std::vector<std::string> cells(1);
    for (const char c : text) c == ',' ? void(cells.emplace_back()) : void(cells.back() += c);
    return cells;
  };
  const auto names = split(head), cells = split(row);
  ASSERT_EQ(names.size(), cells.size());
  const json run = paragon(line + " --json").json();
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].starts_with("sim.")) continue;
    if (names[i] == "run.knobs" || names[i] == "run.provisioned") continue;  // maps, in one cell
    std::string pointer = "/" + names[i];
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    const json& value = run.at(json::json_pointer(pointer));
    EXPECT_EQ(cells[i], value.is_null()     ? ""
                        : value.is_string() ? value.get<std::string>()
                                            : value.dump())
        << names[i];
    seen.insert(names[i]);
  }
  EXPECT_TRUE(seen.count("cost_usd.total") && seen.count("latency_ms.p999"));
}

// Settings as a person would type them again.
std::string flags_of(const json& one) {
  const json& run = one.at("run");
  std::string line = "simulate --json --no-bound --trace " + one.at("trace").get<std::string>() +
                     " --scheme " + one.at("scheme").get<std::string>() + " --seed " +
                     one.at("seed").dump();
  for (const auto& [name, flag] : std::vector<std::pair<std::string, std::string>>{
           {"prices", "prices"},
           {"from_s", "from"},
           {"until_s", "until"},
           {"compress", "compress"},
           {"scale", "scale"},
           {"mean_rate_per_s", "mean-rate"},
           {"repeat", "repeat"},
           {"spacing", "spacing"},
           {"selection", "selection"},
           {"budget_usd_per_hour", "budget-usd-per-hour"},
           {"machines_min", "machines-min"},
           {"machines_max", "machines-max"},
           {"target_busy", "target-busy"},
           {"hand_off_ms", "hand-off-ms"}}) {
    const json& value = run.at(name);
    if (value.is_null()) continue;
    line += " --" + flag + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  if (!run.at("functions").get<bool>()) line += " --no-functions";
  for (const auto& [name, value] : run.at("knobs").items()) {
    line += " --set " + name + "=" + value.dump();
  }
  for (const auto& [names, environments] : run.at("provisioned").items()) {
    line += " --provisioned " + names + "=" + environments.dump();
  }
  return line;
}

TEST_F(Simulate, ItsJsonSaysHowToRepeatIt) {
  trace();
  const std::string line = "simulate --json --no-bound --trace trace.csv ";
  for (const char* flags :
       {"", "--scheme newsvendor --prices spot --set hold_s=5 --set spot=0.5 --from 1m",
        "--from 90 --until 5m --mean-rate 20 --compress 2 --repeat 2 --spacing even --seed 7 "
        "--selection naive --budget-usd-per-hour 1 --machines-min 1 --machines-max 5 "
        "--target-busy 0.6 --hand-off-ms 1",
        "--scheme reactive --no-functions --scale 1.5",
        "--provisioned lambda-1769mb/mobilenet0.75=3"}) {
    const json first = paragon(line + flags).json();
    const Ran again = paragon(flags_of(first));
    ASSERT_EQ(again.status, 0) << flags << "\n" << again.err;
    EXPECT_EQ(without_time(first), without_time(again.json())) << flags;
  }
}

// Each scheme has knobs of its own, and still a line has a cell for each head.
TEST_F(Simulate, CsvSaysWhatWasRunInAsManyCellsForEachScheme) {
  const Ran both =
      paragon("compare --csv --no-bound --schemes reactive,hpa --until 100 --trace " + trace());
  ASSERT_EQ(both.status, 0) << both.err;
  std::istringstream lines(both.out);
  std::string head, reactive, hpa;
  std::getline(lines, head) && std::getline(lines, reactive) && std::getline(lines, hpa);
  EXPECT_THAT(head, HasSubstr(",run.until_s,"));
  EXPECT_THAT(reactive, HasSubstr(",window_s=60,"));
  EXPECT_THAT(hpa, HasSubstr(",target=0.7 every_s=15 tolerance=0.1 "));
  EXPECT_EQ(std::count(head.begin(), head.end(), ','), std::count(hpa.begin(), hpa.end(), ','));
}

TEST_F(Simulate, TheTableSaysWhatWasRun) {
  const std::string line = " --until 100 --no-bound --trace " + trace();
  const std::string usual = paragon("simulate" + line).out;
  EXPECT_THAT(usual,
              HasSubstr("mix data/mixes/workload-1.yaml, prices today, seed 1\nuntil 100\n"));
  EXPECT_THAT(paragon("simulate --prices spot --scale 2 --no-functions --seed 4" + line).out,
              HasSubstr("prices spot, seed 4\nuntil 100, scale 2, no functions\n"));
  EXPECT_THAT(paragon("compare --schemes reactive,hpa --seeds 2 --seed 3" + line).out,
              AllOf(HasSubstr("prices today, seeds 3 to 4\nuntil 100\n"), HasSubstr("trace.csv")));
}

TEST_F(Simulate, TableSaysWhatMatters) {
  const Ran ran = paragon("simulate --trace " + trace());
  ASSERT_EQ(ran.status, 0) << ran.err;
  for (const char* word :
       {"strict-light", "relaxed-heavy", "all strict", "p99.9", "machines", "functions", "wasted",
        "total", "clairvoyant", "least possible", "machine time over what the load needed",
        "cold starts", "mobilenet0.75", "requests a second", "booting"}) {
    EXPECT_THAT(ran.out, HasSubstr(word));
  }
}

TEST_F(Simulate, ReportIsOneFileThatNeedsNothingElse) {
  const Ran ran = paragon("simulate --no-bound --report out.html --trace " + trace());
  ASSERT_EQ(ran.status, 0) << ran.err;
  const std::string page = text_of_file(dir_ / "out.html");
  EXPECT_THAT(page, HasSubstr("Load against capacity"));
  EXPECT_THAT(page, HasSubstr("Money spent so far"));
  EXPECT_THAT(page, HasSubstr("Who served what"));
  EXPECT_THAT(page, Not(HasSubstr("<script src")));
  EXPECT_THAT(page, Not(HasSubstr("<link")));
  EXPECT_THAT(files(), ElementsAre("out.html", "trace.csv"));
}

TEST_F(Simulate, FlagsShapeTheLoad) {
  const std::string line = "simulate --json --no-bound --spacing even --trace " + trace();
  EXPECT_EQ(paragon(line + " --from 300 --until 330s").json().at("requests"), 1800);
  EXPECT_EQ(paragon(line + " --from 5m --until 10m --scale 2").json().at("requests"), 9000);
  EXPECT_EQ(paragon(line + " --until 60 --repeat 3").json().at("requests"), 1800);
  const json slow = paragon(line + " --until 100 --mean-rate 30").json();
  EXPECT_THAT(slow.at("requests").get<int>(), AllOf(Ge(2990), Le(3010)));
  // Paper-era functions are billed by 100 ms, so the same calls cost more.
  EXPECT_GT(paragon(line + " --machines-max 0 --until 200 --prices 2019")
                .json()
                .at("/cost_usd/functions"_json_pointer),
            paragon(line + " --machines-max 0 --until 200")
                .json()
                .at("/cost_usd/functions"_json_pointer));
  // The most accurate model for everybody needs more machines.
  EXPECT_GT(paragon(line + " --selection naive").json().at("/cost_usd/total"_json_pointer),
            paragon(line).json().at("/cost_usd/total"_json_pointer));
}

TEST_F(Simulate, JournalReplaysWithTheSameDecisions) {
  const Ran ran = paragon("simulate --json --no-bound --journal run.journal --trace " + trace());
  ASSERT_EQ(ran.status, 0) << ran.err;
  const Ran replay = paragon("replay run.journal");
  EXPECT_EQ(replay.status, 0) << replay.out << replay.err;
  EXPECT_THAT(replay.out, HasSubstr(" 0 differences"));
  // One decision that differs is found.
  std::string text = text_of_file(dir_ / "run.journal");
  const std::size_t at = text.rfind("why=free_slot");
  ASSERT_NE(at, std::string::npos);
  write("other.journal", text.replace(at, 13, "why=slot_free"));
  EXPECT_EQ(paragon("replay other.journal").status, 1);
}

class Compare : public ProgramTest {};

TEST_F(Compare, JsonIsAListInTheOrderAskedFor) {
  trace();
  std::string other = "second,requests\n";
  for (int s = 0; s < 200; ++s) other += std::to_string(s) + ",20\n";
  write("b.csv", other);
  const std::string line =
      "compare --json --no-bound --trace trace.csv --trace b.csv --schemes paragon,reactive "
      "--seeds 2";
  const Ran ran = paragon(line);
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json runs = ran.json();
  ASSERT_EQ(runs.size(), 8U);
  std::vector<std::string> order;
  for (const json& run : runs) {
    expect_contract(run);
    order.push_back(run.at("trace").get<std::string>() + " " + run.at("scheme").get<std::string>() +
                    " " + run.at("seed").dump());
  }
  EXPECT_THAT(order, ElementsAre("trace.csv paragon 1", "trace.csv reactive 1",
                                 "trace.csv paragon 2", "trace.csv reactive 2", "b.csv paragon 1",
                                 "b.csv reactive 1", "b.csv paragon 2", "b.csv reactive 2"));
  // However many run at once.
  EXPECT_EQ(without_time(runs), without_time(paragon(line + " --jobs 1").json()));
  // And each is what simulate says.
  json alone =
      paragon("simulate --json --no-bound --scheme reactive --seed 2 --trace b.csv").json();
  EXPECT_EQ(without_time(runs)[7], without_time(alone)[0]);
}

TEST_F(Compare, TablesGiveMeansIntervalsAndParetoMarks) {
  const Ran ran =
      paragon("compare --schemes paragon,reactive --seeds 3 --report out.html --traces " + trace());
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("±"));
  EXPECT_THAT(ran.out, HasSubstr("*"));
  EXPECT_THAT(ran.out, HasSubstr("reactive"));
  const std::string page = text_of_file(dir_ / "out.html");
  EXPECT_THAT(page, HasSubstr("Cost against missed deadlines"));
  EXPECT_THAT(page, HasSubstr("least possible"));
}

}  // namespace
}  // namespace simulate_test
