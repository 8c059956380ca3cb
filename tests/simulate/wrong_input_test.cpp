// Wrong input: one clear line, exit status 2, nothing written.
#include <gmock/gmock.h>

#include "simulate/program.h"

namespace simulate_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class WrongInput : public ProgramTest {
 protected:
  // `says` is where and what in the message. For both subcommands.
  void refused(const std::string& arguments, const std::string& says) {
    for (const char* command : {"simulate", "compare"}) {
      const auto before = files();
      const Ran ran = paragon(std::string(command) + " " + arguments + " --report out.html");
      EXPECT_EQ(ran.status, 2) << command << " " << arguments << "\n" << ran.out << ran.err;
      EXPECT_EQ(ran.out, "");
      EXPECT_THAT(ran.err, HasSubstr(says)) << command << " " << arguments;
      EXPECT_THAT(ran.err, StartsWith(std::string("paragon ") + command + ": "));
      // At most a hint to --help follows.
      const auto end = ran.err.find('\n');
      const std::string rest = ran.err.substr(std::min(end + 1, ran.err.size()));
      EXPECT_TRUE(rest.empty() ||
                  rest == std::string("Run 'paragon ") + command + " --help' for what there is.\n")
          << ran.err;
      EXPECT_EQ(files(), before);
    }
  }
};

TEST_F(WrongInput, Traces) {
  const std::string binary(
      "\x7f"
      "ELF\x02\x01\0\0\xff\xfe\0\0",
      12);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "is empty"},
      {binary, "not a text file"},
      {"second,requests\n", "no r"},
      {"second,requests\n0,0\n1,0\n", "no requests"},
      {"second,requests\n0,1\n2,1\n", "t.csv:3: second: got 2, expected 1"},
      {"second,requests\n0,-1\n", "t.csv:2: requests: got '-1'"},
      {"second,requests\n0,nan\n", "t.csv:2: requests"},
      {"second,requests\n0,1e30\n", "t.csv:2: requests"},
      {"second,requests\n0,99999999999999999999999\n", "t.csv:2: requests"},
      {"second,requests\n0\n", "t.csv:2"},
      {"second,requests\n0,1,2\n", "t.csv:2"},
      {"fortnight,requests\n0,1\n", "t.csv:1"},
      {"time_s\n5\n4\n", "t.csv:3"},
      {"time_s\n-5\n", "t.csv:2"},
      {"{\"json\": true}\n", "t.csv:1"},
      {"second,requests\n0,1000000001\n",
       "t.csv:2: requests: got '1000000001', expected a whole number from 0 to 1000000000"},
      {"second,requests\n0,\xff\x1bgr\xc3\xbcn\n",
       "t.csv:2: requests: got '\\xff\\x1bgr\xc3\xbcn'"},
      {std::string("\x1f\x8b\x08\0\0\0\0\0rubbish", 15), "t.csv"},
  };
  for (const auto& [text, says] : cases) {
    write("t.csv", text);
    refused("--trace t.csv", says);
  }
  refused("--trace none.csv", "none.csv");
  refused("--trace .", "");
  refused("--trace /dev/stdin < /dev/null", "/dev/stdin: is a pipe or device, expected a file");
  trace();
  refused("--trace trace.csv --scale 1e9", "requests a second after scaling, expected at most");
}

TEST_F(WrongInput, AByteOrderMarkIsNone) {
  write("t.csv", "\xef\xbb\xbfsecond,requests\n0,5\n1,5\n");
  EXPECT_EQ(paragon("validate t.csv").status, 0);
  write("mix.yaml", "\xef\xbb\xbfparagon_mix: 1\nclasses:\n  - {name: a, task: imagenet}\n");
  EXPECT_EQ(paragon("validate mix.yaml").status, 0) << paragon("validate mix.yaml").err;
}

TEST_F(WrongInput, Journals) {
  write("text", "hello\n");
  for (const char* arguments : {"replay none", "explain none --at 1"}) {
    const Ran ran = paragon(arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_THAT(ran.err, HasSubstr("none: cannot be read"));
  }
  for (const char* arguments : {"replay text", "explain text --at 100", "explain text --query 1"}) {
    const Ran ran = paragon(arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_THAT(ran.err, HasSubstr("text: line 1: expected 'paragon-journal 1': this is not a"));
  }
}

// The end of a journal whose middle is missing says nothing about where it was cut off.
TEST_F(WrongInput, AJournalWithLinesMissingIsDifferentNotCutOff) {
  trace();
  ASSERT_EQ(paragon("simulate --trace trace.csv --no-bound --journal run.journal").status, 0);
  std::istringstream whole(text_of_file(dir_ / "run.journal"));
  std::string text, line;
  for (int number = 1; std::getline(whole, line); ++number) {
    if (number < 3000 || number > 3010) text += line + "\n";
  }
  write("run.journal", text);
  const Ran ran = paragon("replay run.journal");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("first difference: line "), Not(HasSubstr("cut off"))));
}

TEST_F(WrongInput, FlagsAndNumbers) {
  trace();
  const std::string line = "--trace trace.csv ";
  const std::string factor = "expected a number above 0, at most 1000000000";
  refused(line + "--scale 0", "--scale: got '0', " + factor);
  refused(line + "--scale -1", "--scale: got '-1', " + factor);
  refused(line + "--scale nan", "--scale: got 'nan', " + factor);
  refused(line + "--scale 1e300", "--scale: got '1e300', " + factor);
  refused(line + "--scale abc", "--scale: got 'abc', " + factor);
  refused(line + "--compress 0", "--compress: got '0', " + factor);
  refused(line + "--mean-rate -5", "--mean-rate: got '-5', " + factor);
  refused(line + "--from -1", "--from: got '-1'");
  refused(line + "--from soon", "--from: got 'soon'");
  refused(line + "--from 1000", "--from: got 1000 s, expected a time within trace.csv");
  refused(line + "--until 10 --from 20", "--until: got '10', expected a time after --from (20)");
  refused(line + "--until 5x", "--until: got '5x'");
  refused(line + "--repeat 0", "--repeat: got '0', expected a whole number from 1 to 1000000");
  refused(line + "--repeat 1.5", "--repeat: got '1.5', expected a whole number");
  refused(line + "--spacing odd", "--spacing: got 'odd', expected poisson or even");
  refused(line + "--selection best", "--selection: got 'best'");
  refused(line + "--prices tomorrow", "--prices: got 'tomorrow', expected today, 2019 or spot");
  refused(line + "--budget-usd-per-hour -1", "--budget-usd-per-hour");
  refused(line + "--budget-usd-per-hour nan", "--budget-usd-per-hour");
  refused(line + "--machines-max -1", "--machines-max: got '-1', expected a whole number from 0");
  refused(line + "--machines-max 5000", "--machines-max: got '5000'");
  refused(line + "--machines-min 7 --machines-max 3", "machines_min: got 7");
  refused(line + "--target-busy 0", "target_busy: got 0");
  refused(line + "--target-busy full", "--target-busy: got 'full', expected a number");
  refused(line + "--set horizon", "--set: got 'horizon'");
  refused(line + "--set horizon=soon", "--set: got 'horizon=soon'");
  refused(line + "--set no_such_knob=1", "no_such_knob");
  refused("", "--trace");
  refused(line + "--no-such-flag", "--no-such-flag");
}

TEST_F(WrongInput, SeedsAndIds) {
  trace();
  const std::string range = "expected a whole number from 0 to 18446744073709551615";
  for (const char* seed : {"-1", "18446744073709551616", "x", "1.5", "0x10", "010"}) {
    const std::string flag = std::string("--seed ") + seed;
    refused("--trace trace.csv " + flag, "--seed: got '" + std::string(seed) + "', " + range);
    for (const char* command : {"plan --rate 1", "load --url http://[::1]:1", "demo", "figures"}) {
      const Ran ran = paragon(command + (" " + flag));
      EXPECT_EQ(ran.status, 2) << command;
      EXPECT_THAT(ran.err, HasSubstr("--seed: got")) << command;
    }
  }
  EXPECT_THAT(paragon("explain run.journal --query -1").err, HasSubstr("--query: got '-1', "));
  const std::string run = "simulate --trace trace.csv --no-bound --until 10 --json --seed ";
  EXPECT_EQ(paragon(run + "18446744073709551615").json()["seed"], 18446744073709551615U);
  EXPECT_EQ(paragon(run + "0").json()["seed"], 0);
}

TEST_F(WrongInput, SaysWhichCommandWasMisused) {
  const auto says = [&](const char* arguments, const char* first) {
    const Ran ran = paragon(arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_EQ(ran.err.substr(0, ran.err.find('\n')), first);
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 2) << ran.err;
  };
  says("simulate", "paragon simulate: --trace is required");
  says("compare --trace t --seeds 0",
       "paragon compare: --seeds: got '0', expected a whole number from 1 to 10000");
  says("cloud destroy --patience no",
       "paragon cloud destroy: --patience: got 'no', expected a number from 1 to 86400");
  says("simulat", "paragon: got 'simulat', expected a command");
}

TEST_F(WrongInput, SchemesMixesAndCatalogs) {
  trace();
  const std::string line = "--trace trace.csv ";
  EXPECT_EQ(paragon("simulate --scheme clever " + line).status, 2);
  EXPECT_THAT(paragon("simulate --scheme clever " + line).err,
              AllOf(HasSubstr("clever"), HasSubstr("reactive")));
  EXPECT_EQ(paragon("compare --schemes paragon,clever " + line).status, 2);

  write("mix.yaml",
        "paragon_mix: 1\nclasses:\n  - {name: a, task: image-classification, weight: -1}\n");
  refused(line + "--mix mix.yaml", "mix.yaml:3");
  write("mix.yaml",
        "paragon_mix: 1\nclasses:\n  - {name: a, task: imagenet, max_latency_ms: -5}\n");
  refused(line + "--mix mix.yaml",
          "mix.yaml:3: classes[0].max_latency_ms: got -5, expected a number above 0 and at most "
          "3600000");
  write("mix.yaml", "paragon_mix: 1\nclasses:\n  - {name: a, task: cooking}\n");
  refused(line + "--mix mix.yaml", "mix.yaml:3: class a: task: got 'cooking', expected a task");
  write("mix.yaml", "paragon_mix: [\n");
  refused(line + "--mix mix.yaml", "mix.yaml");
  write("mix.yaml", std::string("\0\1\2\3", 4));
  refused(line + "--mix mix.yaml", "mix.yaml");
  refused(line + "--mix none.yaml", "none.yaml");

  write("cat.yaml",
        "paragon: 1\nmachine_offers:\n  - {name: m, vcpus: lots, memory_gib: 4, "
        "price_usd_per_hour: 1, "
        "provisioning_delay_s: 60}\n");
  refused(line + "--catalog cat.yaml", "cat.yaml:3");
  write("cat.yaml", "paragon: 1\n");
  refused(line + "--catalog cat.yaml", "");
  refused(line + "--catalog none.yaml", "none.yaml");
}

// A file's name is bytes, JSON is UTF-8: the answer is given all the same.
TEST_F(WrongInput, NamesThatAreNotUtf8) {
  const std::string name = "caf\xe9.csv";
  write(name, "second,requests\n0,5\n1,5\n");
  for (const char* command :
       {"simulate --json --no-bound", "compare --json --no-bound --schemes reactive",
        "plan --json --no-front --no-what-if"}) {
    const Ran ran = paragon(std::string(command) + " --trace " + name);
    ASSERT_EQ(ran.status, 0) << command << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("caf\xef\xbf\xbd.csv")) << command;
  }
}

TEST_F(WrongInput, OutputsThatCannotBeWritten) {
  trace();
  fs::create_directory(dir_ / "folder");
  const auto refuses = [&](const std::string& flags, const std::string& says) {
    const auto before = files();
    const Ran ran = paragon("simulate --trace trace.csv --no-bound " + flags);
    EXPECT_EQ(ran.status, 2) << flags;
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, AllOf(HasSubstr(says), HasSubstr("cannot be written")));
    EXPECT_EQ(files(), before);
  };
  refuses("--report folder", "folder");
  refuses("--report none/out.html", "none/out.html");
  refuses("--report trace.csv/out.html", "trace.csv/out.html");
  refuses("--journal none/run.journal", "none/run.journal");
  refuses("--journal folder", "folder");
}

// What was there stays when a run fails.
TEST_F(WrongInput, AFailedRunLeavesEarlierResults) {
  write("bad.csv", "second,requests\n0,x\n");
  write("out.html", "earlier");
  write("run.journal", "earlier");
  EXPECT_EQ(paragon("simulate --trace bad.csv --report out.html --journal run.journal").status, 2);
  EXPECT_EQ(text_of_file(dir_ / "out.html"), "earlier");
  EXPECT_EQ(text_of_file(dir_ / "run.journal"), "earlier");
}

}  // namespace
}  // namespace simulate_test
