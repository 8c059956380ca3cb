// The worker over a real socket with the shipped networks.
#include "worker/worker_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "catalog/load.h"
#include "catalog/subset.h"
#include "wire/http_client.h"
#include "wire/oip.h"
#include "worker/samples.h"

namespace paragon {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* kCatalog = PARAGON_SOURCE_DIR "/data/garment/catalog.yaml";
constexpr const char* kModel = PARAGON_SOURCE_DIR "/models/garment/garment_s.onnx";

Catalog shipped() {
  auto loaded = load_catalog(kCatalog);
  EXPECT_TRUE(loaded) << loaded.error().message;
  return *std::move(loaded);
}

// What the shipped catalog says of one variant.
Catalog::Parts alone(const char* variant) {
  const Catalog all = shipped();
  return paragon::only(all, *all.find_variant(variant)).parts();
}

// A worker on a thread of its own, on a port that the system chose.
class Served {
 public:
  explicit Served(Catalog catalog, WorkerSettings settings = {}) : catalog_(std::move(catalog)) {
    thread_ = std::thread([this, settings = std::move(settings)]() mutable {
      settings.version = "test";
      auto worker =
          WorkerServer::start(loop_, catalog_, std::move(settings), [this](Status status) {
            port_.set_value(status ? std::to_string(worker_->port()) : status.error().message);
          });
      if (!worker) return port_.set_value(worker.error().message);
      worker_ = *std::move(worker);
      loop_.run();
      worker_.reset();
    });
    started_ = port_.get_future().get();
  }
  ~Served() {
    loop_.stop();
    thread_.join();
  }
  const std::string& started() const { return started_; }  // the port, or what failed
  void drain(std::function<void()> drained) {
    loop_.post([this, drained] { worker_->drain(drained); });
  }

  std::vector<http::Answer> ask(std::vector<http::Client::Call> calls) const {
    Loop loop;
    http::Client client(loop, *http::parse_endpoint("http://127.0.0.1:" + started_));
    std::vector<http::Answer> answers(calls.size());
    std::size_t left = calls.size();
    for (std::size_t i = 0; i < calls.size(); ++i) {
      client.send(std::move(calls[i]), [&, i](Result<http::Answer> answer) {
        if (answer) {
          answers[i] = *std::move(answer);
        } else {
          answers[i].body = answer.error().message;
        }
        if (--left == 0) loop.stop();
      });
    }
    loop.run();
    return answers;
  }
  http::Answer ask(http::Client::Call call) const { return ask(std::vector{std::move(call)})[0]; }
  http::Answer get(const std::string& target) const {
    http::Client::Call call;
    call.method = http::Method::get;
    call.target = target;
    return ask(std::move(call));
  }

 private:
  Catalog catalog_;
  Loop loop_;
  std::promise<std::string> port_;
  std::unique_ptr<WorkerServer> worker_;
  std::thread thread_;
  std::string started_;
};

http::Client::Call post(const std::string& model, std::string body, std::string type = {}) {
  http::Client::Call call;
  call.target = "/v2/models/" + model + "/infer";
  if (!type.empty()) call.headers.add("content-type", std::move(type));
  call.body = std::make_shared<const std::string>(std::move(body));
  return call;
}

std::string grey_png() {
  return samples::png(28, 28, samples::noise(28 * 28), {PNG_COLOR_TYPE_GRAY});
}
http::Client::Call picture(const std::string& model) {
  return post(model, grey_png(), "image/png");
}

oip::InferResponse parsed(const http::Answer& answer) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  auto response =
      oip::parse_response(answer.headers.find("inference-header-content-length"), answer.body);
  EXPECT_TRUE(response) << (response ? "" : response.error().message);
  return response ? *std::move(response) : oip::InferResponse{};
}

WorkerSettings only(const Catalog& catalog, const char* variant) {
  WorkerSettings settings;
  settings.preload = WorkerSettings::Preload::listed;
  settings.listed = {*catalog.find_variant(variant)};
  return settings;
}

class WorkerServerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    WorkerSettings settings;
    settings.slots = 2;
    served_ = std::make_unique<Served>(shipped(), settings);
  }
  static void TearDownTestSuite() { served_.reset(); }
  static std::unique_ptr<Served> served_;

  void refuses(http::Client::Call call, int status, const char* words) const {
    const auto answer = served_->ask(std::move(call));
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("{\"error\":\""));
    EXPECT_THAT(answer.body, HasSubstr(words));
  }
};
std::unique_ptr<Served> WorkerServerTest::served_;

TEST_F(WorkerServerTest, DescribesItself) {
  EXPECT_THAT(served_->get("/v2").body, HasSubstr("\"statistics\""));
  EXPECT_EQ(served_->get("/v2/health/live").status, 200);
  EXPECT_EQ(served_->get("/v2/health/ready").body, R"({"ready":true,"live":true})");
  EXPECT_EQ(served_->get("/v2/models/garment_s/ready").status, 200);
  const auto metadata = served_->get("/v2/models/garment_s/versions/1").body;
  EXPECT_THAT(metadata,
              HasSubstr(R"("inputs":[{"name":"image","datatype":"BYTES","shape":[-1]}])"));
  EXPECT_THAT(metadata, HasSubstr(R"({"name":"labels","datatype":"BYTES","shape":[-1,-1]})"));
  EXPECT_THAT(served_->get("/v2/models/garment_s/config").body, HasSubstr("\"TYPE_STRING\""));
  EXPECT_EQ(served_->get("/v2/models/nope").status, 404);
  EXPECT_EQ(served_->get("/v2/models/garment_s/infer").status, 405);
}

TEST_F(WorkerServerTest, AllFormsOfAPictureGiveTheSameAnswer) {
  const auto raw_answer = served_->ask(picture("garment_m"));
  const auto raw = parsed(raw_answer);
  EXPECT_EQ(raw.model_name, "garment_m");
  EXPECT_EQ(raw_answer.headers.find("x-paragon-batch"), "1");
  EXPECT_FALSE(raw_answer.headers.find("x-paragon-service-us").empty());
  ASSERT_EQ(raw.outputs.size(), 2U);
  EXPECT_EQ(raw.outputs[0].name, "labels");
  EXPECT_THAT(raw.outputs[0].shape, ElementsAre(1, 5));

  // As RGB pixels and as an encoded picture, two of each, in the binary form.
  std::string pixels;
  for (const auto grey : samples::noise(28 * 28)) pixels.append(3, static_cast<char>(grey));
  oip::InferRequest request;
  request.id = "7";
  request.binary_outputs = true;
  request.inputs = {{"image", oip::DataType::uint8, {2, 28, 28, 3}, pixels + pixels}};
  const auto send = [&] {
    auto encoded = oip::render_request(request, true);
    auto call = post("garment_m", encoded.body, encoded.content_type);
    if (encoded.json_length > 0) {
      call.headers.add("inference-header-content-length", std::to_string(encoded.json_length));
    }
    return parsed(served_->ask(std::move(call)));
  };
  const auto rgb = send();
  const std::string file = grey_png();
  request.inputs = {{"image", oip::DataType::bytes, {2}, oip::bytes_data({file, file})}};
  const auto encoded = send();
  for (const auto& response : {rgb, encoded}) {
    EXPECT_EQ(response.id, "7");
    ASSERT_EQ(response.outputs.size(), 2U);
    EXPECT_THAT(response.outputs[0].shape, ElementsAre(2, 5));
    EXPECT_EQ(response.outputs[0].data, raw.outputs[0].data + raw.outputs[0].data);
    EXPECT_EQ(response.outputs[1].data, raw.outputs[1].data + raw.outputs[1].data);
  }
}

TEST_F(WorkerServerTest, HeadersChooseTheOutputs) {
  auto call = picture("garment_s");
  call.headers.add("x-paragon-top-k", "2");
  call.headers.add("x-paragon-outputs", "binary");
  const auto answer = served_->ask(std::move(call));
  EXPECT_FALSE(answer.headers.find("inference-header-content-length").empty());
  EXPECT_THAT(parsed(answer).outputs[1].shape, ElementsAre(1, 2));
}

TEST_F(WorkerServerTest, WrongRequestsAreNamed) {
  refuses(picture("nope"), 404, "no model 'nope'");
  refuses(post("garment_s", "xxxx", "image/png"), 400, "neither PNG nor JPEG");
  refuses(post("garment_s", grey_png().substr(0, 80), "image/png"), 400, "truncated or corrupt");
  refuses(post("garment_s", "{", "application/json"), 400, "JSON");
  const auto tensor = [](const char* fields) {
    return post("garment_s", std::string(R"({"inputs":[{)") + fields + "}]}", "application/json");
  };
  refuses(tensor(R"("name":"x","datatype":"UINT8","shape":[1,1,3],"data":[1,2,3])"), 400,
          "has no input 'x'; expected 'image'");
  refuses(tensor(R"("name":"image","datatype":"UINT8","shape":[1,1,4],"data":[1,2,3,4])"), 400,
          "UINT8 [1, 1, 4] is not RGB pixels");
  refuses(tensor(R"("name":"image","datatype":"INT32","shape":[1,1,3],"data":[1,2,3])"), 400,
          "is INT32; expected BYTES");
  refuses(tensor(R"("name":"image","datatype":"FP32","shape":[1,1,1,1],"data":[1])"), 400,
          "does not match the network's own input [-1, 1, 28, 28]");
  refuses(tensor(R"("name":"image","datatype":"UINT8","shape":[0,3,3,3],"data":[])"), 400,
          "0 pictures");
  auto call = picture("garment_s");
  call.headers.add("x-paragon-top-k", "none");
  refuses(std::move(call), 400, "x-paragon-top-k");
  call = picture("garment_s");
  call.headers.add("x-paragon-deadline-us", "soon");
  refuses(std::move(call), 400, "x-paragon-deadline-us");
}

TEST_F(WorkerServerTest, ManyAtOnceOfAllVariantsAreEachAnsweredByTheirOwn) {
  std::vector<http::Client::Call> calls;
  const char* names[] = {"garment_xs", "garment_s", "garment_s.int8", "garment_l"};
  for (int i = 0; i < 200; ++i) {
    calls.push_back(picture(names[i % 4]));
    calls.back().headers.add("x-paragon-deadline-us", std::to_string((i % 7) * 1000 - 1000));
  }
  const auto answers = served_->ask(std::move(calls));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(parsed(answers[i]).model_name, names[i % 4]);
  }
  EXPECT_THAT(served_->get("/v2/models/garment_xs/stats").body,
              HasSubstr(R"("inference_count":50,"execution_count":50)"));
}

TEST_F(WorkerServerTest, LoadsAndUnloadsOnRequest) {
  const auto repository = [&](const char* what) {
    http::Client::Call call;
    call.target = std::string("/v2/repository/models/garment_l.int8/") + what;
    call.body = std::make_shared<const std::string>("{}");
    return served_->ask(std::move(call)).status;
  };
  EXPECT_EQ(repository("unload"), 200);
  EXPECT_EQ(served_->get("/v2/models/garment_l.int8/ready").status, 503);
  EXPECT_EQ(served_->ask(picture("garment_l.int8")).status, 200);  // loads it
  EXPECT_EQ(served_->get("/v2/models/garment_l.int8/ready").status, 200);
  EXPECT_EQ(repository("unload"), 200);
  EXPECT_EQ(repository("load"), 200);
  EXPECT_EQ(served_->get("/v2/models/garment_l.int8/ready").status, 200);
}

TEST(WorkerServer, BatchesQueriesOfOneVariant) {
  Catalog::Parts parts = alone("garment_s");
  parts.variants[0].max_batch = 4;
  parts.profiles = {{50ms, 60ms, {}}};  // said to be slow, so company is waited for
  WorkerSettings settings;
  Served served(*Catalog::build(parts), settings);
  const auto one = parsed(served.ask(picture("garment_s")));
  std::vector<http::Client::Call> calls;
  for (int i = 0; i < 8; ++i) calls.push_back(picture("garment_s"));
  calls[3] = post("garment_s", "broken", "image/png");  // leaves its companions alone
  int together = 0;
  std::size_t i = 0;
  for (const auto& answer : served.ask(std::move(calls))) {
    if (i++ == 3) {
      EXPECT_EQ(answer.status, 400) << answer.body;
      continue;
    }
    EXPECT_EQ(parsed(answer).outputs[0].data, one.outputs[0].data);
    together += answer.headers.find("x-paragon-batch") != "1";
  }
  EXPECT_GE(together, 2);
}

TEST(WorkerServer, AFullQueueAnswers503AndTheAcceptedAreAnswered) {
  const Catalog catalog = shipped();
  WorkerSettings settings = only(catalog, "garment_xs");
  settings.queue_max = 1;
  settings.pace.stretch = 5000;  // about 0.1 s a query
  Served served(shipped(), settings);
  std::vector<http::Client::Call> calls(6, picture("garment_xs"));
  std::vector<int> statuses;
  for (const auto& answer : served.ask(std::move(calls))) {
    statuses.push_back(answer.status);
    if (answer.status == 503) {
      EXPECT_EQ(answer.headers.find("retry-after"), "1");
      EXPECT_THAT(answer.body, HasSubstr("full"));
    }
  }
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 2);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 503), 4);
}

TEST(WorkerServer, DrainingAnswersWhatWasAccepted) {
  const Catalog catalog = shipped();
  WorkerSettings settings = only(catalog, "garment_xs");
  // A factor on the time that a run really takes, which is long where the machine is busy.
  settings.pace.stretch = 1000;
  Served served(shipped(), settings);
  std::promise<void> drained;
  std::vector<http::Answer> answers;
  std::thread client(
      [&] { answers = served.ask(std::vector<http::Client::Call>(3, picture("garment_xs"))); });
  // Accepted once the statistics of the first answer are there.
  for (int i = 0; i < 1000; ++i) {
    if (served.get("/v2/models/garment_xs/stats").body.find(R"("success":{"count":0)") ==
        std::string::npos) {
      break;
    }
  }
  served.drain([&] { drained.set_value(); });
  EXPECT_EQ(drained.get_future().wait_for(50s), std::future_status::ready);
  client.join();
  for (const auto& answer : answers) EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_NE(served.ask(picture("garment_xs")).status, 200);
}

TEST(WorkerServer, FunctionModeServesItsVariantOnly) {
  const Catalog catalog = shipped();
  WorkerSettings settings = only(catalog, "garment_s");
  settings.function = true;
  settings.slots = 8;
  Served served(shipped(), settings);
  EXPECT_EQ(served.ask(picture("garment_s")).status, 200);
  EXPECT_EQ(served.ask(picture("garment_m")).status, 404);
}

TEST(WorkerServer, LittleMemoryIsSharedInTurns) {
  WorkerSettings settings;
  settings.memory = megabytes(64 + 36);  // two of 64 MB
  Served served(shipped(), settings);
  for (int round = 0; round < 2; ++round) {
    for (const char* name : {"garment_xs", "garment_s", "garment_m", "garment_l"}) {
      EXPECT_EQ(served.ask(picture(name)).status, 200) << name;
    }
  }
  EXPECT_EQ(served.get("/v2/models/garment_xs/ready").status, 503);
  EXPECT_EQ(served.get("/v2/models/garment_l/ready").status, 200);
}

// A task of plain tensors: any network.
Catalog tensor_task(const std::string& file, OutputKind output) {
  Catalog::Parts parts;
  parts.tasks.emplace_back();
  parts.tasks[0].name = "plain";
  parts.tasks[0].input = InputKind::tensor;
  parts.tasks[0].output = output;
  if (output == OutputKind::classes) {
    for (int i = 0; i < 10; ++i) parts.tasks[0].labels.push_back("c" + std::to_string(i));
  }
  Variant variant;
  variant.name = "net";
  variant.file = file;
  variant.memory = megabytes(64);
  parts.variants = {variant};
  parts.profiles = {{1ms, 1ms, {}}};
  auto built = Catalog::build(std::move(parts));
  EXPECT_TRUE(built) << built.error().message;
  return *std::move(built);
}

TEST(WorkerServer, PlainTensorsGoInAndOut) {
  Served served(tensor_task(kModel, OutputKind::tensor));
  EXPECT_THAT(served.get("/v2/models/net").body,
              HasSubstr(R"("inputs":[{"name":"input","datatype":"FP32","shape":[-1,1,28,28]}])"));
  const std::string zeros(2 * 28 * 28 * sizeof(float), '\0');
  auto call = post("net", zeros, "application/octet-stream");
  call.headers.add("inference-header-content-length", "0");
  const auto response = parsed(served.ask(call));
  ASSERT_EQ(response.outputs.size(), 1U);
  EXPECT_THAT(response.outputs[0].shape, ElementsAre(2, 10));
  EXPECT_EQ(response.outputs[0].data.size(), 80U);

  call = post("net", zeros.substr(4), "application/octet-stream");
  call.headers.add("inference-header-content-length", "0");
  const auto odd = served.ask(call);
  EXPECT_EQ(odd.status, 400);
  EXPECT_THAT(odd.body, HasSubstr("do not fill FP32 [1, 1, 28, 28]"));
  const auto wrong = served.ask(
      post("net", R"({"inputs":[{"name":"input","datatype":"FP32","shape":[1,2],"data":[1,2]}]})"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("input 'input' is FP32 [1, 2]; expected FP32 [-1, 1, 28, 28]"));
  EXPECT_THAT(served
                  .ask(post("net", R"({"inputs":[{"name":"y","datatype":"FP32","shape":[1],
                                        "data":[1]}]})"))
                  .body,
              HasSubstr("'input' is missing"));
}

TEST(WorkerServer, TensorsMayGiveClasses) {
  Served served(tensor_task(kModel, OutputKind::classes));
  auto call = post("net", std::string(28 * 28 * sizeof(float), '\0'), "application/octet-stream");
  call.headers.add("inference-header-content-length", "0");
  EXPECT_THAT(parsed(served.ask(call)).outputs[0].shape, ElementsAre(1, 5));
}

TEST(WorkerServer, ABrokenFileFailsAtStartWhenListedAndLaterWhenNot) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("paragon_broken_" + std::to_string(getpid()) + ".onnx");
  std::ofstream(file) << "this is not a network";
  const Catalog catalog = tensor_task(file.string(), OutputKind::tensor);
  {
    const Served served(catalog, only(catalog, "net"));
    EXPECT_THAT(served.started(), HasSubstr("cannot be loaded"));
    EXPECT_THAT(served.started(), HasSubstr("variant 'net'"));
  }
  {
    const Served served(catalog);
    const auto answer = served.ask(post("net", "{}"));
    EXPECT_EQ(answer.status, 400) << answer.body;
  }
  std::filesystem::remove(file);
  const Served served(catalog);
  EXPECT_EQ(served.get("/v2/models/net").status, 404);
}

TEST(WorkerServer, AMismatchWithTheCatalogIsToldOnLoading) {
  Catalog::Parts parts = alone("garment_s");
  parts.variants[0].preprocessing.width = 32;
  const Catalog catalog = *Catalog::build(parts);
  const Served served(catalog, only(catalog, "garment_s"));
  EXPECT_THAT(served.started(), HasSubstr("has shape [-1, 1, 28, 28], the catalog's preprocessing "
                                          "gives [1, 1, 28, 32]"));
}

TEST(WorkerServer, AnotherFileThanTheCatalogMeansIsRefused) {
  Catalog::Parts parts = alone("garment_s");
  const std::string meant(64, '0');
  parts.variants[0].sha256 = meant;
  const Catalog catalog = *Catalog::build(parts);
  const Served served(catalog, only(catalog, "garment_s"));
  EXPECT_THAT(served.started(), HasSubstr("garment_s.onnx: has the SHA-256 "));
  EXPECT_THAT(served.started(), HasSubstr("the catalog states " + meant));
}

}  // namespace
}  // namespace paragon
