// Readers and writers of files: logs, tensors, labelled sets, folders of networks.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"
#include "profile/grade.h"
#include "profile/labelled_set.h"
#include "profile/log_file.h"
#include "profile/model_folder.h"
#include "profile/rounds_log.h"
#include "profile/settings.h"
#include "profile/single_run.h"
#include "profile/tensor_file.h"
#include "worker/samples.h"

namespace paragon::profile {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    return folder_.write(name, text);
  }
  std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  TemporaryFolder folder_;
  const fs::path dir_ = folder_.path();
};

TEST_F(Files, ALogGoesOnWhereItStopped) {
  const std::string path = (dir_ / "log.csv").string();
  {
    auto log = LogFile::open(path, "a,b");
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_TRUE((*log)->rows().empty());
    ASSERT_TRUE((*log)->append({"1", "2"}));
  }
  std::ofstream(path, std::ios::app) << "3,";  // torn
  auto log = LogFile::open(path, "a,b");
  ASSERT_TRUE(log);
  EXPECT_EQ((*log)->rows(), (std::vector<LogCells>{{"1", "2"}}));
  ASSERT_TRUE((*log)->append({"5", "6"}));
  EXPECT_EQ(read(path), "a,b\n1,2\n5,6\n");
}

TEST_F(Files, ALogOfSomethingElseIsRefused) {
  EXPECT_EQ(parse_log("x,y\n", "a,b").error().message, "1: got another header, expected a,b");
  EXPECT_EQ(parse_log("a,b\n1,2\n3\n", "a,b").error().message, "3: got 1 cells, expected 2");
  const auto log = LogFile::open(write("other.csv", "x\n"), "a,b");
  ASSERT_FALSE(log);
  EXPECT_NE(log.error().message.find("--fresh"), std::string::npos);
}

Catalog one_variant() {
  Catalog::Parts parts;
  parts.tasks.push_back({.name = "task",
                         .input = InputKind::tensor,
                         .labels = {"cat", "dog"},
                         .defaults = {},
                         .variants = {}});
  Variant variant;
  variant.name = "net";
  variant.task = TaskId{0};
  variant.memory = megabytes(1);
  parts.variants.push_back(variant);
  parts.profiles.push_back({1ms, 1ms, 1ms});
  auto built = Catalog::build(std::move(parts));
  EXPECT_TRUE(built) << built.error().message;
  return std::move(*built);
}

TEST_F(Files, AVisitComesBackFromItsLine) {
  const Catalog catalog = one_variant();
  const Visit visit{.runs = 3,
                    .points = {1us, 1500ns, 2ms},
                    .mean = 5us,
                    .p99 = 1999us,
                    .rate = per_second(10),
                    .others = 0.25};
  const Cell cell{0, 2, 4, 8};
  const LogCells row = row_of(cell, "net", 1, visit);
  LogCells other = row;
  other[0] = "gone";
  const auto visits = visits_of({row, other}, catalog);
  ASSERT_TRUE(visits) << visits.error().message;
  ASSERT_EQ(visits->size(), 1u);
  const Visit& back = visits->at(cell).at(0);
  EXPECT_EQ(back.points, visit.points);
  EXPECT_EQ(back.mean, visit.mean);
  EXPECT_EQ(back.p99, visit.p99);
  EXPECT_EQ(back.others, visit.others);
  const Cell turn{.variant = 0, .concurrency = 4, .in_turn = true};
  EXPECT_TRUE(visits_of({row_of(turn, "net", 1, visit)}, catalog)->contains(turn));
  LogCells wrong = row;
  wrong[11] = "3.0 2.0";  // not ascending
  EXPECT_EQ(visits_of({row, wrong}, catalog).error().message,
            "3: not a line of measured times; --fresh begins anew");
}

std::string npy(const std::string& head, const std::string& data) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(head.size());
  text += '\0';
  return text + head + data;
}

TEST_F(Files, TensorsAreReadAsNumPyWritesThem) {
  const std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
  const std::string file = write("x.npy", npy(head, std::string(24, 'x')));
  const auto rows = read_tensor_file(file);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->rows, 2u);
  EXPECT_EQ(rows->shape, std::vector<std::int64_t>{3});
  EXPECT_EQ(rows->row(1), std::string(12, 'x'));

  const auto trouble = [&](const std::string& text) {
    const auto read = read_tensor_file(write("y.npy", text));
    return read ? std::string() : read.error().message;
  };
  EXPECT_NE(trouble("nothing").find("not a NumPy file"), std::string::npos);
  EXPECT_NE(trouble(npy(head, "short")).find("ends before its last row"), std::string::npos);
  EXPECT_NE(
      trouble(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "")).find("float32"),
      std::string::npos);
  EXPECT_NE(
      trouble(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "")).find("Fortran"),
      std::string::npos);
  EXPECT_NE(
      trouble(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "")).find("shape"),
      std::string::npos);
  EXPECT_NE(
      trouble(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }",
                  ""))
          .find("shape"),
      std::string::npos);
}

TEST_F(Files, LabelledTensors) {
  const std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
  LabelledSource source;
  source.tensors = write("x.npy", npy(head, std::string(12, '\0')));
  source.labels = write("y.txt", "dog\n0\ncow\n");
  const auto set = read_labelled_set(source, {"cat", "dog"});
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->items.size(), 2u);
  EXPECT_EQ(set->items[0].label, 1u);
  EXPECT_EQ(set->items[1].label, 0u);
  EXPECT_EQ(set->left_out,
            std::vector<std::string>{"2: label 'cow' is none of the task's 2 ('cat', 'dog')"});
  source.labels = write("y.txt", "dog\n");
  EXPECT_NE(
      read_labelled_set(source, {"cat", "dog"}).error().message.find("1 labels for the 3 rows"),
      std::string::npos);
}

TEST_F(Files, LabelledPicturesOfAListAndOfFolders) {
  write("list/a/1.png", "1");
  write("list/b/2.png", "2");
  write("list/labels.csv", "file,label\na/1.png,dog\nb/2.png,0\nb/3.png,cat\nb/2.png,cow\n");
  LabelledSource source;
  source.images = (dir_ / "list").string();
  auto set = read_labelled_set(source, {"cat", "dog"});
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->items.size(), 2u);
  EXPECT_EQ(set->items[0].label, 1u);
  EXPECT_EQ(set->items[1].label, 0u);
  EXPECT_EQ(**set->file(set->items[1]), "2");
  EXPECT_EQ(set->left_out.size(), 2u);

  fs::remove(dir_ / "list/labels.csv");
  fs::rename(dir_ / "list/a", dir_ / "list/cat");
  set = read_labelled_set(source, {"cat", "dog"});
  ASSERT_TRUE(set);
  ASSERT_EQ(set->items.size(), 1u);
  EXPECT_EQ(set->items[0].name, "cat/1.png");
  EXPECT_EQ(set->left_out.size(), 1u);

  const auto none = read_labelled_set(source, {"tree"});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("label 'b' is none of the task's 1 ('tree')"),
            std::string::npos);
}

TEST(ModelFolder, NamesLinkThePrecisionsOfANetwork) {
  EXPECT_EQ(name_parts("net.int8").family, "net");
  EXPECT_EQ(name_parts("net.int8").precision, "int8");
  EXPECT_EQ(name_parts("net.v2").family, "net.v2");
  EXPECT_EQ(name_parts("net.v2").precision, "fp32");
}

TEST(ModelFolder, TheInputsShapeSaysHowPicturesGoIn) {
  const auto how =
      preprocessing_of({"x", oip::DataType::fp32, {-1, 3, 192, 224}}, ChannelOrder::bgr);
  ASSERT_TRUE(how);
  EXPECT_EQ(how->layout, Layout::nchw);
  EXPECT_EQ(how->width, 224);
  EXPECT_EQ(how->height, 192);
  EXPECT_EQ(how->channels, ChannelOrder::bgr);
  const auto last = preprocessing_of({"x", oip::DataType::fp32, {1, 28, 28, 1}}, ChannelOrder::rgb);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->layout, Layout::nhwc);
  EXPECT_EQ(last->channels, ChannelOrder::gray);
  EXPECT_FALSE(preprocessing_of({"x", oip::DataType::fp32, {-1, 3, -1, -1}}, ChannelOrder::rgb));
  EXPECT_FALSE(preprocessing_of({"x", oip::DataType::fp32, {-1, 10}}, ChannelOrder::rgb));
}

TEST_F(Files, AFolderOfNetworksTellsWhatItCan) {
  const fs::path garment = fs::path(PARAGON_SOURCE_DIR) / "models/garment";
  for (const char* name : {"garment_s.onnx", "garment_s.int8.onnx"}) {
    fs::copy_file(garment / name, dir_ / name);
  }
  write("broken.onnx", "this is no network");
  write("models.csv", "file,mean,std,note\ngarment_s.onnx,72.93,90.015,ours\n");
  FolderSettings settings;
  settings.task = "garments";
  settings.labels = {"a", "b"};
  settings.mean = {1};
  const auto models = read_model_folder(dir_.string(), settings);
  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->parts.variants.size(), 2u);
  const Variant& int8 = models->parts.variants[0];
  const Variant& fp32 = models->parts.variants[1];
  EXPECT_EQ(int8.family, fp32.family);
  EXPECT_EQ(int8.precision, "int8");
  EXPECT_EQ(fp32.preprocessing.width, 28);
  EXPECT_EQ(fp32.preprocessing.mean, std::vector<float>{72.93F});
  EXPECT_EQ(int8.preprocessing.mean, std::vector<float>{1});
  ASSERT_EQ(models->left_out.size(), 1u);
  EXPECT_TRUE(models->left_out[0].starts_with("broken.onnx: ")) << models->left_out[0];
  EXPECT_FALSE(read_model_folder((dir_ / "none").string(), settings));
}

TEST_F(Files, ANetworkThatCrashesItsProcessIsLeftOutOfAFolder) {
  const fs::path garment = fs::path(PARAGON_SOURCE_DIR) / "models/garment";
  for (const char* name : {"fatal.onnx", "sound.onnx"}) {
    fs::copy_file(garment / "garment_s.onnx", dir_ / name);
  }
  FolderSettings settings;
  settings.program = write("opens",
                           "#!/bin/sh\ncase \"$*\" in *fatal*) kill -SEGV $$;; esac\n"
                           "echo ready 1 1 1 1\nread end\n");
  fs::permissions(settings.program, fs::perms::owner_all);
  const auto models = read_model_folder(dir_.string(), settings);
  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->parts.variants.size(), 1u);
  EXPECT_EQ(models->parts.variants[0].name, "sound");
  ASSERT_EQ(models->left_out.size(), 1u);
  EXPECT_TRUE(models->left_out[0].starts_with("fatal.onnx: ")) << models->left_out[0];
  EXPECT_NE(models->left_out[0].find("Segmentation fault"), std::string::npos)
      << models->left_out[0];
}

TEST_F(Files, AnswersComeBackFromTheirFile) {
  LabelledSet set;
  set.items = {{.name = "1", .label = 0}, {.name = "2", .label = 1}, {.name = "3", .label = 1}};
  const std::vector<std::string> labels = {"cat, wild", "dog"};
  const std::vector<Answer> answers = {
      {{{0, 0.75F}, {1, 0.25F}}}, {{{0, 0.5F}, {1, 0.5F}}}, {{}, "broken"}};
  const std::string file = write("net.csv", answers_csv(set, labels, answers));
  const auto back = read_answers(file, set, labels);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->at(0).best, answers[0].best);
  EXPECT_EQ(back->at(2).trouble, "broken");
  const Grades grades = grades_of(set, *back);
  EXPECT_EQ(grades.answered, 2u);
  EXPECT_EQ(grades.top1, 1u);
  EXPECT_EQ(grades.top5, 2u);
  set.items.pop_back();
  EXPECT_FALSE(read_answers(file, set, labels));
}

TEST(Settings, SayWhatDiffers) {
  const Fingerprint before = {{"host", "a"}, {"visit", "40 ms"}},
                    after = {{"host", "a"}, {"visit", "10 ms"}};
  EXPECT_TRUE(same_settings(fingerprint_text(before), before));
  EXPECT_EQ(same_settings(fingerprint_text(before), after).error().message,
            "was measured with other settings: this run has `visit,10 ms`");
}

TEST(SingleRun, LinesAreRead) {
  const auto start = parse_cold_start("ready 1000 2000 300 40960");
  ASSERT_TRUE(start);
  EXPECT_EQ(start->load, 2us);
  EXPECT_EQ(start->peak_kb, 40960);
  EXPECT_EQ(parse_cold_start("failed no such operator").error().message, "no such operator");
  EXPECT_FALSE(parse_cold_start("ready 1 2"));
  const auto visit = parse_share_visit("3 10 1000000 30 9 10 11");
  ASSERT_TRUE(visit);
  EXPECT_EQ(visit->runs, 3u);
  EXPECT_EQ(visit->points, (std::vector<Duration>{9ns, 10ns, 11ns}));
  EXPECT_FALSE(parse_share_visit("3 10"));
}

}  // namespace
}  // namespace paragon::profile
