// `paragon profile` as a person runs it: a folder with good and bad networks and pictures.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "simulate/program.h"
#include "worker/samples.h"

namespace profile_test {

namespace fs = std::filesystem;
using simulate_test::ProgramTest;
using simulate_test::Ran;
using simulate_test::text_of_file;

class Profile : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    const fs::path garment = fs::path(PARAGON_SOURCE_DIR) / "models/garment";
    fs::create_directory(dir_ / "nets");
    for (const char* name : {"garment_xs.onnx", "garment_s.int8.onnx", "labels.txt"}) {
      fs::copy_file(garment / name, dir_ / "nets" / name);
    }
    fs::create_directory(dir_ / "pictures");
    std::string list = "file,label\n";
    for (int i = 0; i < 12; ++i) {
      auto pixels = paragon::samples::noise(28 * 28);
      for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(pixel / (i + 1));
      const std::string name = std::to_string(i) + ".png";
      write("pictures/" + name,
            paragon::samples::png(28, 28, pixels, {PNG_COLOR_TYPE_GRAY, 8, false}));
      list += name + "," + (i % 2 == 0 ? "Bag" : "3") + "\n";
    }
    write("pictures/labels.csv", list);
  }
  static constexpr const char* kHow =
      "nets --images pictures --mean 72.93 --std 90.015 --task garments ";
};

TEST_F(Profile, WritesACatalogThatIsValid) {
  const Ran ran = paragon(std::string("profile ") + kHow + "--quick --out out");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("garment_s.int8"), std::string::npos);
  for (const char* file : {"profile.csv", "times.csv", "memory.csv", "slots.csv",
                           "answers/garment_xs.csv", "ensembles.csv", "ensemble_weights.csv"}) {
    EXPECT_TRUE(fs::exists(dir_ / "out" / file)) << file;
  }
  const Ran valid = paragon("validate out/catalog.yaml");
  EXPECT_EQ(valid.status, 0) << valid.err;
  EXPECT_NE(valid.out.find("1 tasks, 2 variants"), std::string::npos) << valid.out;

  // Nothing is left to measure: the same command gives the same files.
  const std::string before = text_of_file(dir_ / "out/profile.csv");
  EXPECT_EQ(paragon(std::string("profile ") + kHow + "--quick --out out").status, 0);
  EXPECT_EQ(text_of_file(dir_ / "out/profile.csv"), before);

  const Ran other = paragon(std::string("profile ") + kHow + "--quick --limit 5 --out out");
  EXPECT_EQ(other.status, 2);
  EXPECT_NE(other.err.find("measured with other settings"), std::string::npos) << other.err;
  EXPECT_EQ(paragon(std::string("profile ") + kHow + "--quick --limit 5 --out out --fresh").status,
            0);
}

TEST_F(Profile, AsksAboutWhatThereIsTimeFor) {
  std::string list = "file,class_name\n";
  for (int i = 0; i < 240; ++i)
    list += std::to_string(i % 12) + (i % 2 == 0 ? ".png,Bag\n" : ".png,3\n");
  write("pictures/labels.csv", list);
  const std::string hurried = std::string("profile ") + kHow + "--quick --minutes 0.0001 --out out";
  const Ran ran = paragon(hurried);
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("asked about 100 of 240 labelled items"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("--limit 240"), std::string::npos) << ran.out;
  const std::string before = text_of_file(dir_ / "out/profile.csv");
  EXPECT_NE(before.find("100 of 240 pictures"), std::string::npos) << before;
  // It is decided by what was measured: a run that goes on asks about the same ones.
  EXPECT_EQ(paragon(hurried).status, 0);
  EXPECT_EQ(text_of_file(dir_ / "out/profile.csv"), before);

  const auto all = paragon(hurried + " --limit 240 --json").json();
  EXPECT_EQ(all["variants"][0]["answered"], 240) << "what is asked for by name is done";
  EXPECT_EQ(all["items"], 240);
}

TEST_F(Profile, TriesRightSizingAndShowsAllOnAPage) {
  const Ran ran =
      paragon(std::string("profile ") + kHow +
              "--minutes 0.05 --batch-max 2 --latency-ms 20 --out out --report page.html");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("tried here in a closed loop"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("(--minutes): 3 rounds of 6 (all: --rounds 6)"), std::string::npos)
      << ran.out;
  EXPECT_NE(text_of_file(dir_ / "out/times.csv").find(",yes,"), std::string::npos);
  const std::string checks = text_of_file(dir_ / "out/checks.csv");
  for (const char* name : {"\ngarment_xs,", "\ngarment_s.int8,"}) {
    EXPECT_NE(checks.find(name), std::string::npos) << checks;
  }
  const std::string page = text_of_file(dir_ / "page.html");
  for (const char* what :
       {"Accuracy against service time", "Cold start", "Batches: one thread", "Functions by memory",
        "Queries in parallel on a machine", "p99 of two more", "Made by: paragon profile nets"}) {
    EXPECT_NE(page.find(what), std::string::npos) << what;
  }
  EXPECT_EQ(page.find("src="), std::string::npos) << "it needs nothing else";

  const Ran nowhere =
      paragon(std::string("profile ") + kHow + "--quick --out out2 --report none/page.html");
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_FALSE(fs::exists(dir_ / "out2")) << "refused before anything is measured";
}

TEST_F(Profile, NamesWhatItLeavesOutAndGoesOn) {
  write("nets/broken.onnx", "this is no network");
  write("pictures/torn.png", "\x89PNG\r\n\x1a\n");
  write("pictures/words.png", "words");
  // A header that claims 60,000 x 60,000 pixels in 70 bytes.
  std::string bomb = paragon::samples::png(1, 1, {0, 0, 0});
  bomb.replace(16, 8, std::string("\x00\x00\xea\x60\x00\x00\xea\x60", 8));
  write("pictures/bomb.png", bomb);
  write("pictures/labels.csv",
        text_of_file(dir_ / "pictures/labels.csv") +
            "torn.png,Bag\nwords.png,Bag\nbomb.png,Bag\nnone.png,Bag\n0.png,Cow\n");
  const Ran ran = paragon(std::string("profile ") + kHow + "--quick --json --out out");
  ASSERT_EQ(ran.status, 1) << ran.err;
  for (const char* name :
       {"broken.onnx: ", "torn.png: ", "words.png: ", "bomb.png: ", "none.png: ", "label 'Cow'"}) {
    EXPECT_NE(ran.err.find(name), std::string::npos) << name << "\n" << ran.err;
  }
  const auto json = ran.json();
  EXPECT_EQ(json["variants"].size(), 2u);
  EXPECT_EQ(json["variants"][0]["answered"], 12);
  EXPECT_EQ(json["items_left_out"].size(), 5u);
  EXPECT_EQ(paragon("validate out/catalog.yaml").status, 0);
}

TEST_F(Profile, GoesOnAfterAnInterrupt) {
  const std::string command =
      std::string("profile ") + kHow +
      "--threads-max 1 --concurrency-max 2 --batch-max 4 --rounds 8 --minutes 0.1 --out out";
  const std::string started = "cd " + dir_.string() + " && exec " PARAGON_PROGRAM " " + command;
  const pid_t pid = fork();
  if (pid == 0) {
    const int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, 1);
    dup2(nothing, 2);
    execl("/bin/sh", "sh", "-c", started.c_str(), nullptr);
    _exit(127);
  }
  const fs::path rounds = dir_ / "out/rounds.csv";
  for (int i = 0; i < 3000; ++i) {
    const std::string text = fs::exists(rounds) ? text_of_file(rounds) : "";
    if (std::count(text.begin(), text.end(), '\n') > 5) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(pid, SIGINT);
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 130);
  EXPECT_FALSE(fs::exists(dir_ / "out/catalog.yaml"));
  const std::string before = text_of_file(rounds);

  const Ran ran = paragon(command);
  ASSERT_EQ(ran.status, 0) << ran.err;
  const std::string after = text_of_file(rounds);
  EXPECT_GT(after.size(), before.size());
  EXPECT_TRUE(after.starts_with(before));
  EXPECT_EQ(paragon("validate out/catalog.yaml").status, 0);
}

TEST_F(Profile, SaysWhatIsMissing) {
  const Ran folder = paragon("profile nowhere");
  EXPECT_EQ(folder.status, 2);
  EXPECT_NE(folder.err.find("nowhere"), std::string::npos);
  fs::remove(dir_ / "nets/labels.txt");
  const Ran labels = paragon(std::string("profile ") + kHow);
  EXPECT_EQ(labels.status, 2);
  EXPECT_NE(labels.err.find("--labels-file"), std::string::npos) << labels.err;
  write("nets/labels.txt", "only\ntwo\n");
  write("pictures/labels.csv", "file,label\n0.png,only\n");
  const Ran fit = paragon(std::string("profile ") + kHow + "--quick");
  EXPECT_EQ(fit.status, 2);
  EXPECT_NE(fit.err.find("10 elements a picture"), std::string::npos) << fit.err;
}

}  // namespace profile_test
