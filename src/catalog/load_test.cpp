// The loader against files as people write them, right and wrong.
#include "catalog/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/sha256.h"
#include "base/temporary_folder.h"
#include "catalog/files.h"
#include "catalog/labels.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

// A folder of its own for every test.
class Load : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    return folder_.write(name, text);
  }
  // What is wrong with a catalog of this text, files not required.
  std::string complaints(const std::string& text) {
    const auto loaded = load_catalog(write("c.yaml", text), {.require_files = false});
    return loaded ? "none" : loaded.error().message;
  }

  TemporaryFolder folder_;
  const fs::path dir_ = folder_.path();
};

const std::string kTask = R"(paragon: 1
tasks:
  - {name: pets, labels: [cat, dog, bird], top_k: 2, defaults: {max_latency_ms: 250, min_accuracy: 0.5}}
)";
const std::string kVariant = R"(variants:
  - name: small
    task: pets
    file: m/small.onnx
    accuracy_percent: 71.5
    accuracy_half_interval: 0.01
    width: 32
    height: 24
    channel_order: BGR
    layout: nhwc
    central_crop: 0.875
    mean: [104, 117, 123]
    std: 1, 1, 2
    class_of_output: [-1, 2, 0, 1]
    softmax: true
    memory_mb: 38.9
    service_p50_ms: 0.5
    service_p99_ms: 0.8
    handling_ms: 0.25
    load_ms: 19
)";
const std::string kOffers = R"(machine_offers:
  - {name: c5.large, vcpus: 2, memory_gib: 4, price_usd_per_hour: 0.085, provisioning_delay_s: 90, provisioning_delay_sigma: 0.25, source: list}
function_offers:
  - {name: lambda, memory_mb: 1769, price_usd_per_gb_second: 0.0000166667, price_usd_per_call: 2e-7, cold_start_s: 1.5}
)";

TEST_F(Load, ReadsEveryFieldWithItsUnit) {
  const auto loaded =
      load_catalog(write("c.yaml", kTask + kVariant + kOffers), {.require_files = false});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const Task& task = loaded->task(*loaded->find_task("pets"));
  EXPECT_EQ(task.labels, (std::vector<std::string>{"cat", "dog", "bird"}));
  EXPECT_EQ(task.top_k, 2u);
  EXPECT_EQ(task.defaults.max_latency, 250ms);
  EXPECT_EQ(task.defaults.min_accuracy, accuracy(0.5));
  EXPECT_EQ(task.variants, std::vector{VariantId{0}});

  const Variant& v = loaded->variant(*loaded->find_variant("small"));
  EXPECT_EQ(v.file, (dir_ / "m/small.onnx").string());
  EXPECT_NEAR(v.accuracy.top1.value, 0.715, 1e-12);
  EXPECT_NEAR(v.accuracy.half_interval.value, 0.01, 1e-12);
  EXPECT_EQ(v.preprocessing.width, 32);
  EXPECT_EQ(v.preprocessing.height, 24);
  EXPECT_EQ(v.preprocessing.channels, ChannelOrder::bgr);
  EXPECT_EQ(v.preprocessing.layout, Layout::nhwc);
  EXPECT_EQ(v.preprocessing.central_crop, 0.875);
  EXPECT_EQ(v.preprocessing.mean, (std::vector<float>{104, 117, 123}));
  EXPECT_EQ(v.preprocessing.std, (std::vector<float>{1, 1, 2}));
  EXPECT_EQ(v.output.class_of_output, (std::vector<int>{-1, 2, 0, 1}));
  EXPECT_TRUE(v.output.softmax);
  EXPECT_EQ(v.memory, megabytes(39));
  EXPECT_EQ(loaded->profile(VariantId{0}).service_p50, 750us) << "with the handling";
  EXPECT_EQ(loaded->profile(VariantId{0}).service_p99, 1050us);
  EXPECT_EQ(loaded->profile(VariantId{0}).load, 19ms);

  const MachineOffer& machine = loaded->offer(*loaded->find_machine_offer("c5.large"));
  EXPECT_EQ(machine.memory, megabytes(4096));
  EXPECT_EQ(machine.price, per_hour(0.085));
  EXPECT_EQ(machine.provisioning_delay.median, 90s);
  EXPECT_EQ(machine.provisioning_delay.sigma, 0.25);
  EXPECT_EQ(machine.minimum_billed, 60s);
  const FunctionOffer& function = loaded->offer(*loaded->find_function_offer("lambda"));
  EXPECT_EQ(function.vcpus, vcpus(1));
  EXPECT_EQ(function.price_per_call, dollars(2e-7));
  EXPECT_EQ(function.keep_alive, 5min);
  EXPECT_EQ(function.cold_start.median, 1500ms);
}

TEST_F(Load, SpeedOverridesEveryOffer) {
  const auto loaded = load_catalog(write("c.yaml", kTask + kVariant + kOffers),
                                   {.require_files = false, .speed = 0.25});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->machine_offers()[0].speed, 0.25);
  EXPECT_EQ(loaded->profile(VariantId{0}, MachineOfferId{0}).service_p50, 3ms);
  EXPECT_EQ(loaded->profile(VariantId{0}, FunctionOfferId{0}).service_p50, 3ms);
}

TEST_F(Load, IncludesAreRelativeAndReadOnce) {
  write("parts/offers.yaml", "paragon: 1\ninclude: ../c.yaml\n" + kOffers);
  write("other.yaml", "paragon: 1\ninclude: parts/offers.yaml\n");
  const auto loaded =
      load_catalog(write("c.yaml", "paragon: 1\ninclude: [parts/offers.yaml, other.yaml]\n" +
                                       kTask.substr(11) + kVariant),
                   {.require_files = false});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->machine_offers().size(), 1u);
  EXPECT_THAT(complaints("paragon: 1\ninclude: nowhere.yaml\n"),
              HasSubstr("nowhere.yaml: cannot be read"));
}

TEST_F(Load, ReadsVariantsFromCsvWithMappedColumns) {
  write("m/models.csv",
        "file,top1,ms,mean,note\r\n"
        "a.onnx,60,1.5,\"1,2,3\",\"says \"\"hi\"\"\nover two lines\"\r\n"
        "\r\n"
        "b.onnx,70,2,\"1,2,3\",\r\n");
  const std::string models = R"(models:
  - file: m/models.csv
    columns: {accuracy_percent: top1, service_p50_ms: ms}
    defaults: {task: pets, width: 8, height: 8, memory_mb: 30, load_ms: 2}
    ignore: [note]
)";
  const auto loaded = load_catalog(write("c.yaml", kTask + models), {.require_files = false});
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->variants().size(), 2u);
  EXPECT_EQ(loaded->variants()[1].name, "b");
  EXPECT_EQ(loaded->variants()[1].preprocessing.mean, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(loaded->profile(VariantId{1}).service_p50, 2ms);
  EXPECT_EQ(loaded->profile(VariantId{1}).service_p99, 2500us);

  write("m/models.csv", "file,top1,ms,mean,note,extra\na.onnx,sixty,1,\"1,2\",,9\n");
  const std::string wrong = complaints(kTask + models);
  EXPECT_THAT(wrong, HasSubstr("models.csv:2: row 1.accuracy_percent: got 'sixty'"));
  EXPECT_THAT(wrong, HasSubstr("models.csv:2: row 1.mean: got 2 values, expected 3"));
  EXPECT_THAT(wrong, HasSubstr("models.csv:2: row 1.extra: unknown field"));
  write("m/models.csv", "file,top1\na.onnx\n");
  EXPECT_THAT(complaints(kTask + models), HasSubstr("models.csv:2: got 1 cells, expected 2"));
  write("m/models.csv", "file,top1\n\"a.onnx\n");
  EXPECT_THAT(complaints(kTask + models), HasSubstr("models.csv:2: a quoted cell does not end"));
  write("m/models.csv", "file,file\n");
  EXPECT_THAT(complaints(kTask + models), HasSubstr("models.csv:1: column 'file': given twice"));
}

TEST_F(Load, NamesTheLineTheFieldWhatWasFoundAndWhatWasExpected) {
  const std::string text = complaints(R"(paragon: 1
tasks:
  - name: pets
    labels: [cat, dog]
    defualts: {min_accuracy: 0.5}
variants:
  - name: small
    task: pet
    accuracy: 1.7
    memory_mb: 512MB
    service_p50_ms: -3
    load_ms: 1
machine_offers:
  - name: m
    vcpus: 0
    price_usd_per_hour: 1e99
    provisioning_delay_s: soon
    market: rented
)");
  EXPECT_THAT(text,
              HasSubstr("c.yaml:5: tasks[0].defualts: unknown field, did you mean 'defaults'?"));
  EXPECT_THAT(text, HasSubstr("c.yaml:8: variants[0].task: got 'pet', expected the name of a task, "
                              "did you mean 'pets'?"));
  EXPECT_THAT(text,
              HasSubstr("c.yaml:9: variants[0].accuracy: got 1.7, expected a number from 0 to 1"));
  EXPECT_THAT(text, HasSubstr("c.yaml:10: variants[0].memory_mb: got '512MB', expected a number "
                              "(digits only: the unit is in the field's name)"));
  EXPECT_THAT(text, HasSubstr("c.yaml:11: variants[0].service_p50_ms: got -3"));
  EXPECT_THAT(text,
              HasSubstr("c.yaml:15: machine_offers[0].vcpus: got 0, expected a number above 0"));
  EXPECT_THAT(text, HasSubstr("c.yaml:16: machine_offers[0].price_usd_per_hour: got 1e+99"));
  EXPECT_THAT(text, HasSubstr("c.yaml:17: machine_offers[0].provisioning_delay_s: got 'soon'"));
  EXPECT_THAT(text, HasSubstr("c.yaml:18: machine_offers[0].market: got 'rented', expected "
                              "on_demand, spot or burstable"));
  EXPECT_THAT(text, HasSubstr("c.yaml:14: machine_offers[0].memory_mb: got nothing"));
}

TEST_F(Load, RefusesWhatIsNoCatalog) {
  EXPECT_THAT(complaints(""), HasSubstr("c.yaml: is empty"));
  EXPECT_THAT(complaints("# only a comment\n"), HasSubstr("is empty"));
  EXPECT_THAT(complaints(std::string("\0\x01\xff\x7f"
                                     "ELF",
                                     7)),
              HasSubstr("not a text file"));
  EXPECT_THAT(complaints("\x01\x02\xfe\xff}{]["), HasSubstr("c.yaml:"));
  EXPECT_THAT(complaints("- a\n- b\n"), HasSubstr("got a list, expected a YAML map"));
  EXPECT_THAT(complaints("just words"), HasSubstr("got 'just words', expected a YAML map"));
  EXPECT_THAT(complaints("a: [1, 2\nb: 3\n"), HasSubstr("not readable as YAML"));
  EXPECT_THAT(complaints("paragon: 1\ntasks: 5\n"),
              HasSubstr("c.yaml:2: tasks: got '5', expected a list"));
  EXPECT_THAT(complaints("paragon: 1\ntasks: [5]\n"),
              HasSubstr("tasks[0]: got '5', expected a map"));
  EXPECT_THAT(complaints("paragon: 1\n"), HasSubstr("holds no task, variant or offer"));
  EXPECT_THAT(complaints("tasks: []\n"), HasSubstr("paragon: got nothing, expected 1"));
  EXPECT_THAT(complaints("paragon: 2\n"), HasSubstr("paragon: got '2'"));
  EXPECT_THAT(complaints("paragon: 1\nparagon: 1\n"),
              HasSubstr("c.yaml:2: paragon: given twice, first in line 1"));
  EXPECT_THAT(complaints("paragon: 1\n---\nparagon: 1\n"), HasSubstr("a second YAML document"));
  EXPECT_THAT(complaints("a: " + std::string(100, '[') + std::string(100, ']')),
              HasSubstr("nested deeper"));
  EXPECT_THAT(complaints("a: " + std::string(100'000, '[')), HasSubstr("c.yaml:"));
  const auto missing = load_catalog((dir_ / "missing.yaml").string());
  EXPECT_THAT(missing.error().message, HasSubstr("missing.yaml: cannot be read"));
  const auto folder = load_catalog(dir_.string());
  EXPECT_THAT(folder.error().message, HasSubstr("is a folder"));
}

TEST_F(Load, BoundsWhatAliasesUnfoldTo) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) text += before + ", ";
    text += before + "]\n";
  }
  EXPECT_THAT(complaints(text), HasSubstr("too large"));
}

TEST_F(Load, HugeNumbersAreComplaintsNotOverflows) {
  const std::string text = complaints(R"(paragon: 1
function_offers:
  - name: f
    memory_mb: 99999999999999999999999999
    price_usd_per_gb_second: 1e400
    price_usd_per_call: nan
    cold_start_s: 1e200
    cold_start_sigma: .inf
    concurrency_limit: 99999999999
    payload_bytes_max: 1.5
    billing_step_ms: 0
)");
  for (const char* field :
       {"memory_mb", "price_usd_per_gb_second", "price_usd_per_call", "cold_start_s",
        "cold_start_sigma", "concurrency_limit", "payload_bytes_max", "billing_step_ms"})
    EXPECT_THAT(text, HasSubstr("function_offers[0]." + std::string(field) + ": got"));
}

TEST_F(Load, ProvisionedFunctionsHaveBothPricesOrNone) {
  const std::string offer =
      "paragon: 1\nfunction_offers:\n  - {name: f, memory_mb: 1024, "
      "price_usd_per_gb_second: 0.00001, price_usd_per_call: 0, cold_start_s: 1, ";
  const std::string kept = "provisioned_usd_per_gb_second: 0.000004";
  const std::string run = "provisioned_run_usd_per_gb_second: 0.000009";
  const auto both = load_catalog(write("c.yaml", offer + kept + ", " + run + "}\n"));
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->function_offers()[0].provisioned,
            (ProvisionedPrice{per_gb_second(0.000004), per_gb_second(0.000009)}));
  EXPECT_THAT(complaints(offer + kept + "}\n"),
              HasSubstr("function_offers[0].provisioned_run_usd_per_gb_second: "));
  EXPECT_THAT(complaints(offer + run + "}\n"),
              HasSubstr("function_offers[0].provisioned_usd_per_gb_second: "));
  EXPECT_THAT(complaints(offer + kept + "0e9, " + run + "}\n"), HasSubstr("provisioned_usd"));
}

TEST_F(Load, NamesAreUniqueAcrossFiles) {
  write("more.yaml", "paragon: 1\n" + kOffers);
  const std::string text = complaints("paragon: 1\ninclude: more.yaml\n" + kOffers);
  EXPECT_THAT(
      text,
      HasSubstr("c.yaml:4: machine_offers[0].name: got 'c5.large', expected a name that no other"));
  EXPECT_THAT(text, HasSubstr("function_offers[0].name: got 'lambda'"));
}

TEST_F(Load, ModelFilesMustExistAndBeTheOnesMeant) {
  const std::string catalog = kTask + kVariant + "    sha256: " + sha256_hex("weights") + "\n";
  const std::string file = write("c.yaml", catalog);
  EXPECT_THAT(load_catalog(file).error().message, HasSubstr("c.yaml:7: variants[0].file: got "));
  write("m/small.onnx", "weights");
  EXPECT_TRUE(load_catalog(file));
  write("m/small.onnx", "other weights");
  EXPECT_THAT(load_catalog(file).error().message, HasSubstr("variants[0].sha256: got a file with"));
  // A folder of the user's is looked at first, with and without the folders that the catalog has.
  write("mine/small.onnx", "weights");
  const auto mine = load_catalog(file, {.models_dir = (dir_ / "mine").string()});
  ASSERT_TRUE(mine) << mine.error().message;
  EXPECT_EQ(mine->variants()[0].file, (dir_ / "mine/small.onnx").string());
}

TEST_F(Load, LabelsComeFromAFile) {
  write("labels.txt", "n01\ttench, Tinca tinca\r\nn02\tgoldfish\nplain, with comma\n");
  const std::string text =
      "paragon: 1\ntasks:\n  - {name: t, labels_file: [nowhere.txt, labels.txt]}\n"
      "variants:\n  - {name: v, task: t, accuracy: 0.5, memory_mb: 9, service_p50_ms: 1, load_ms: "
      "1}\n";
  const auto loaded = load_catalog(write("c.yaml", text), {.require_files = false});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->tasks()[0].labels,
            (std::vector<std::string>{"tench", "goldfish", "plain, with comma"}));
  fs::remove(dir_ / "labels.txt");
  EXPECT_THAT(load_catalog((dir_ / "c.yaml").string()).error().message,
              HasSubstr("c.yaml:3: tasks[0].labels_file: got"));
}

TEST_F(Load, ABlankLineAmongLabelsWouldShiftThoseBehindIt) {
  const auto labels = [&](const std::string& text) { return read_labels(write("l.txt", text)); };
  EXPECT_EQ(labels("a \nb\n\n \n").value(), (std::vector<std::string>{"a", "b"})) << "at the end";
  EXPECT_EQ(labels("a\n\n\nb\n").error().message,
            (dir_ / "l.txt").string() + ":2: is blank, expected a label");
  EXPECT_THAT(labels("\n\n").error().message, HasSubstr("l.txt: is empty"));
  EXPECT_THAT(read_labels("nowhere.txt").error().message, HasSubstr("nowhere.txt"));
}

TEST(ShippedCatalogs, Load) {
  const std::string data = std::string(PARAGON_SOURCE_DIR) + "/data/";
  const auto garment = load_catalog(data + "garment/catalog.yaml");
  ASSERT_TRUE(garment) << garment.error().message;
  ASSERT_TRUE(garment->find_task("garment-classification"));
  EXPECT_GE(garment->variants().size(), 4u);
  EXPECT_TRUE(garment->machine_offers().empty());

  const auto local = load_catalog(data + "local/catalog.yaml");
  ASSERT_TRUE(local) << local.error().message;
  for (const Variant& v : local->variants()) {
    EXPECT_FALSE(v.sha256.empty());
    EXPECT_GT(v.accuracy.half_interval.value, 0);
    EXPECT_LT(v.accuracy.half_interval.value, 0.02);
  }
  // Every variant runs on every offer.
  for (std::size_t v = 0; v < local->variants().size(); ++v) {
    const VariantId id{static_cast<std::uint32_t>(v)};
    for (std::uint32_t o = 0; o < local->machine_offers().size(); ++o)
      EXPECT_GE(local->profile(id, MachineOfferId{o}).slots, 2);
    for (std::uint32_t o = 0; o < local->function_offers().size(); ++o)
      EXPECT_TRUE(local->profile(id, FunctionOfferId{o}).usable);
  }
}

TEST(ShippedCatalogs, PriceBookHoldsWhatItSays) {
  const auto book =
      load_catalog(std::string(PARAGON_SOURCE_DIR) + "/data/prices/aws-us-east-1.yaml");
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_GE(book->machine_offers().size(), 45u);
  EXPECT_EQ(book->function_offers().size(), 8u);
  for (const MachineOffer& o : book->machine_offers()) EXPECT_FALSE(o.source.empty()) << o.name;
  // The same hour costs less on the spot market.
  for (const MachineOffer& o : book->machine_offers()) {
    if (o.market != Market::spot) continue;
    const auto list = book->find_machine_offer(o.name.substr(0, o.name.find(':')));
    ASSERT_TRUE(list) << o.name;
    EXPECT_LT(o.price, book->offer(*list).price) << o.name;
  }
  EXPECT_EQ(book->offer(*book->find_machine_offer("c5.large")).price, per_hour(0.085));
  EXPECT_NEAR(book->offer(*book->find_function_offer("lambda-10240mb")).vcpus.value, 5.79, 0.01);
}

TEST(ShippedCatalogs, ImagenetCanBePlannedWithWithoutItsWeights) {
  const std::string file = std::string(PARAGON_SOURCE_DIR) + "/examples/imagenet/catalog.yaml";
  LoadOptions options;
  options.require_files = false;
  const auto planned = load_catalog(file, options);
  ASSERT_TRUE(planned) << planned.error().message;
  EXPECT_EQ(planned->variants().size(), 12u);
  // The default folder is a checkout's neighbour: only there can the files themselves be checked.
  const auto served = load_catalog(file);
  if (!served) GTEST_SKIP() << "ImageNet weights not found:\n" << served.error().message;
  EXPECT_EQ(served->tasks()[0].labels.size(), 1000u);
  EXPECT_EQ(served->tasks()[0].labels[0], "tench");
}

const std::string kTwo = R"(paragon: 1
tasks:
  - {name: pets, labels: [cat, dog]}
variants_defaults: {task: pets, width: 8, height: 8, memory_mb: 9, service_p50_ms: 1, load_ms: 1}
variants:
  - {name: a, accuracy: 0.7}
  - {name: b, accuracy: 0.8}
)";

TEST_F(Load, WhatIsWrongWithADefaultIsToldOnceWhereItStands) {
  const auto wrong = [&](const std::string& was, const std::string& is) {
    std::string two = kTwo;
    two.replace(two.find(was), was.size(), is);
    return complaints(two);
  };
  const std::string file = (dir_ / "c.yaml").string();
  // Read, checked once it is read, and never asked for.
  EXPECT_EQ(wrong("width: 8", "width: wide"), file +
                                                  ":4: variants_defaults.width: got 'wide', "
                                                  "expected a whole number");
  EXPECT_EQ(wrong("service_p50_ms: 1", "service_p50_ms: 0"),
            file +
                ":4: variants_defaults.service_p50_ms: got 0 s, expected 1e-09 s to "
                "3600 s");
  EXPECT_EQ(wrong("load_ms: 1", "load_ms: 1, hight: 8"),
            file + ":4: variants_defaults.hight: unknown field, did you mean 'height'?");
  // Of a table, in the file that has the defaults and not in the table's.
  write("m.csv", "name,accuracy,service_p50_ms\na,0.7,1\nb,0.8,2\n");
  EXPECT_EQ(
      complaints("paragon: 1\ntasks: [{name: pets, labels: [cat]}]\nmodels:\n"
                 "  - file: m.csv\n    defaults: {task: pets, memory_mb: none, load_ms: 1}\n"),
      file + ":5: models[0].defaults.memory_mb: got 'none', expected a number");
}

TEST_F(Load, EnsemblesWithTheirWeights) {
  write("w.csv",
        "ensemble,member,class,weight\nboth,b,dog,0.9\nboth,b,cat,0.8\nboth,a,cat,0.5\n"
        "other,a,cat,2\nboth,a,dog,0.25\n");
  const auto loaded = load_catalog(write("c.yaml", kTwo + R"(ensembles:
  - {name: vote, members: [a, b], accuracy: 0.81}
  - {name: both, members: "b, a", rule: class_weighted, weights_file: w.csv, accuracy_percent: 82,
     accuracy_low95_percent: 80, accuracy_high95_percent: 83, accuracy_source: held out}
)"),
                                   {.require_files = false});
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->ensembles().size(), 2U);
  const Ensemble& vote = loaded->ensembles()[0];
  EXPECT_EQ(vote.rule, VoteRule::majority);
  EXPECT_THAT(vote.members, testing::ElementsAre(VariantId{0}, VariantId{1}));
  EXPECT_TRUE(vote.weights.empty());
  const Ensemble& both = loaded->ensembles()[1];
  EXPECT_EQ(both.rule, VoteRule::class_weighted);
  EXPECT_NEAR(both.accuracy.half_interval.value, 0.02, 1e-12);
  EXPECT_THAT(both.members, testing::ElementsAre(VariantId{1}, VariantId{0}));
  EXPECT_THAT(both.weights, testing::ElementsAre(testing::ElementsAre(0.8, 0.9),
                                                 testing::ElementsAre(0.5, 0.25)));
}

TEST_F(Load, ListsEveryFileThatItReads) {
  write("parts/tables/models.csv", "file,accuracy,service_p50_ms\nc.onnx,0.6,1\n");
  write("parts/more.yaml",
        "paragon: 1\ninclude: ../c.yaml\nmodels:\n  - file: tables/models.csv\n"
        "    defaults: {task: pets, width: 8, height: 8, memory_mb: 9, load_ms: 1}\n");
  write("labels.txt", "cat\ndog\n");
  write("w.csv",
        "ensemble,member,class,weight\nboth,b,dog,0.9\nboth,b,cat,0.8\nboth,a,cat,0.5\n"
        "both,a,dog,0.25\n");
  std::string two = kTwo;
  two.replace(two.find("labels: [cat, dog]"), 18, "labels_file: [none.txt, labels.txt]");
  const std::string top = write("c.yaml", two + R"(ensembles:
  - {name: both, members: [a, b], rule: class_weighted, weights_file: w.csv, accuracy: 0.8}
include: parts/more.yaml
)");
  const auto files = files_of_catalog(top, {.require_files = false});
  ASSERT_TRUE(files) << files.error().message;
  const auto path = [&](const char* name) { return (dir_ / name).string(); };
  EXPECT_EQ(files->front(), top);
  EXPECT_THAT(*files, testing::UnorderedElementsAre(top, path("parts/more.yaml"),
                                                    path("parts/tables/models.csv"),
                                                    path("labels.txt"), path("w.csv")));
  EXPECT_FALSE(files_of_catalog(path("none.yaml")));
}

TEST_F(Load, WhatIsWrongWithAnEnsembleIsNamed) {
  const auto said = [&](const std::string& ensemble) {
    return complaints(kTwo + "ensembles:\n  - {" + ensemble + "}\n");
  };
  EXPECT_THAT(said("name: e, members: [a, bb], accuracy: 0.9"),
              HasSubstr("c.yaml:9: ensembles[0].members: got 'bb', expected names of variants"));
  EXPECT_THAT(said("name: e, members: [a], accuracy: 0.9"), HasSubstr("got 1, expected 2 to 8"));
  EXPECT_THAT(said("name: e, members: [a, a], accuracy: 0.9"), HasSubstr("got 'a' twice"));
  EXPECT_THAT(said("name: a, members: [a, b], accuracy: 0.9"),
              HasSubstr("ensembles[0].name: got 'a', expected a name that no other entry has"));
  EXPECT_THAT(said("name: e, members: [a, b], accuracy: 1.9"), HasSubstr("accuracy: got 1.9"));
  EXPECT_THAT(said("name: e, members: [a, b], accuracy: 0.9, rule: loudest"),
              HasSubstr("rule: got 'loudest', expected majority or class_weighted"));
  EXPECT_THAT(said("name: e, members: [a, b], accuracy: 0.9, rule: class_weighted"),
              HasSubstr("weights_file"));
  write("w.csv", "ensemble,member,class,weight\ne,a,cat,0.5\ne,a,dog,0.5\ne,b,cat,0.5\n");
  const std::string weighted =
      "name: e, members: [a, b], accuracy: 0.9, rule: class_weighted, weights_file: w.csv";
  EXPECT_THAT(said(weighted), HasSubstr("weights_file: got no weight of 'b' for 'dog'"));
  write("w.csv", "ensemble,member,class,weight\ne,a,cow,0.5\n");
  EXPECT_THAT(said(weighted), HasSubstr("w.csv:2: row 1.class: got 'cow'"));
  write("w.csv", "ensemble,member,class,weight\ne,a,cat,1.5\n");
  EXPECT_THAT(said(weighted), HasSubstr("row 1.weight: got 1.5"));
  EXPECT_THAT(said("name: e, members: [a, b], accuracy: 0.9, rule: class_weighted, "
                   "weights_file: none.csv"),
              HasSubstr("none.csv"));
}

}  // namespace
}  // namespace paragon
