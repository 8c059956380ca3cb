// Against a small server in this process: what it does is set by each test.
#include "load/open_loop.h"

#include <gtest/gtest.h>

#include <thread>

#include "wire/http_server.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;

http::Response labelled(const std::string& label) {
  http::Response response;
  response.body =
      R"({"model_name":"m","outputs":[{"name":"labels","datatype":"BYTES","shape":[1,1],)"
      R"("data":[")" +
      label + R"("]}],"parameters":{"cost_usd":0.5}})";
  return response;
}

http::Response status(int code) {
  http::Response response;
  response.status = code;
  response.body = R"({"error":"as told"})";
  return response;
}

class OpenLoopTest : public testing::Test {
 protected:
  void serve(http::Handler handler) {
    auto listening = http::Server::listen(loop_, {}, std::move(handler));
    ASSERT_TRUE(listening) << listening.error().message;
    server_ = std::move(listening).value();
    port_ = server_->port();
  }

  // `count` queries, one each `gap`, to one class.
  LoadPlan plan(int count, Duration gap) {
    LoadPlan plan;
    plan.target = {"127.0.0.1", port_, false, {}};
    plan.path = "/v2/models/t/infer";
    plan.classes.push_back({"any", 100ms, {}});
    for (const char* label : {"cat", "dog"}) {
      PictureRequest request;
      request.body = std::make_shared<const std::string>(std::string("a picture of a ") + label);
      request.headers.add("content-type", "image/png");
      request.label = label;
      plan.requests.push_back(std::move(request));
    }
    plan.next = [count, gap, i = 0]() mutable -> std::optional<Due> {
      if (i == count) return std::nullopt;
      return Due{gap * i++, 0};
    };
    return plan;
  }

  // Runs until the load is done; fails the test when that takes longer than any test here may.
  void run(LoadPlan its_plan) {
    load_ = std::make_unique<OpenLoop>(loop_, std::move(its_plan), [this] {
      done_ = true;
      server_.reset();
      loop_.stop();
    });
    const Loop::Timer watchdog = loop_.after(20s, [this] { loop_.stop(); });
    load_->start();
    loop_.run();
    ASSERT_TRUE(done_) << "the load did not end";
    EXPECT_EQ(load_->tally().in_flight(), 0U);
  }
  ClassTally total() const { return load_->tally().total(); }

  Loop loop_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<OpenLoop> load_;
  std::uint16_t port_ = 0;
  bool done_ = false;
};

TEST_F(OpenLoopTest, SendsOnScheduleThoughNothingIsAnswered) {
  // A generator that waited for answers would never send the second query.
  std::vector<http::Reply> held;
  std::vector<Time> arrivals;
  serve([&](http::Request&&, http::Reply reply) {
    arrivals.push_back(loop_.now());
    held.push_back(std::move(reply));
    if (held.size() == 50) {
      for (const http::Reply& one : held) one(labelled("cat"));
    }
  });
  const Time began = loop_.now();
  run(plan(50, 4ms));
  ASSERT_EQ(arrivals.size(), 50U);
  // One gap after the other; lateness of a busy machine is allowed, earliness is not.
  for (int i = 0; i < 50; ++i) {
    EXPECT_GE(arrivals[static_cast<std::size_t>(i)], began + 4ms * i) << i;
  }
  EXPECT_EQ(total().answered, 50U);
  // The first one waited for the last.
  EXPECT_GE(total().latency.max(), 4ms * 49);
}

TEST_F(OpenLoopTest, AStallIsFeltByEveryQueryThatFellIntoIt) {
  // The server stalls from 100 to 400 ms. Of the queries due each 4 ms, those due before 250 ms
  // waited for 150 ms or more: 37 of them. A closed loop would have recorded one.
  std::vector<http::Reply> held;
  const Time began = loop_.now();
  Loop::Timer resume;
  serve([&](http::Request&&, http::Reply reply) {
    const Time now = loop_.now();
    if (now < began + 100ms || now >= began + 400ms) return reply(labelled("cat"));
    held.push_back(std::move(reply));
    if (held.size() > 1) return;
    resume = loop_.at(began + 400ms, [&] {
      for (const http::Reply& one : held) one(labelled("cat"));
    });
  });
  run(plan(150, 4ms));
  EXPECT_EQ(total().answered, 150U);
  // 37 of 150 took 150 ms or more: so the 76th percentile did, and the deadline of 100 ms was
  // missed by those due before 300 ms, 50 of them.
  EXPECT_GE(total().latency.percentile(77), 149ms);
  EXPECT_GE(total().late, 49U);
  EXPECT_EQ(total().missed(), total().late);
}

TEST_F(OpenLoopTest, ItsOwnLatenessCountsAndIsReported) {
  bool blocked = false;
  serve([&](http::Request&&, http::Reply reply) {
    if (!blocked) {
      blocked = true;
      std::this_thread::sleep_for(200ms);  // the generator lives on this thread too: it is held up
    }
    reply(labelled("cat"));
  });
  run(plan(40, 5ms));
  EXPECT_GE(load_->tally().lag().max(), 150ms);
  EXPECT_TRUE(load_->tally().fell_behind());
  EXPECT_GE(total().latency.max(), 150ms);
  EXPECT_EQ(total().answered, 40U);
}

TEST_F(OpenLoopTest, CountsWhatIsRightAndWhatItCost) {
  serve([](http::Request&&, http::Reply reply) { reply(labelled("cat")); });
  run(plan(10, 1ms));  // cats and dogs in turn
  EXPECT_EQ(total().accuracy.trials, 10U);
  EXPECT_EQ(total().accuracy.hits, 5U);
  EXPECT_EQ(total().priced, 10U);
  EXPECT_DOUBLE_EQ(total().cost.value, 5.0);
}

TEST_F(OpenLoopTest, RefusalsAndFailuresAreTwoThings) {
  int turn = 0;
  serve([&](http::Request&&, http::Reply reply) {
    const int codes[] = {200, 429, 503, 400, 500};
    const int code = codes[turn++ % 5];
    reply(code == 200 ? labelled("cat") : status(code));
  });
  run(plan(50, 1ms));
  EXPECT_EQ(total().answered, 10U);
  EXPECT_EQ(total().refused, 20U);
  EXPECT_EQ(total().failed, 20U);
  EXPECT_EQ(load_->tally().troubles().at("HTTP 503: as told"), 10U);
}

TEST_F(OpenLoopTest, NobodyThereIsAFailureOfEachQuery) {
  serve([](http::Request&&, http::Reply reply) { reply(status(200)); });
  server_.reset();  // its port is free now
  run(plan(20, 1ms));
  EXPECT_EQ(total().failed, 20U);
  EXPECT_EQ(total().missed(), 20U);
  EXPECT_FALSE(load_->tally().troubles().empty());
}

TEST_F(OpenLoopTest, NoAnswerInTimeIsAFailure) {
  std::vector<http::Reply> held;
  serve([&](http::Request&&, http::Reply reply) { held.push_back(std::move(reply)); });
  LoadPlan its_plan = plan(5, 1ms);
  its_plan.timeout = 50ms;
  run(std::move(its_plan));
  EXPECT_EQ(total().failed, 5U);
}

TEST_F(OpenLoopTest, StoppingReportsWhatThereIs) {
  std::vector<http::Reply> held;
  serve([&](http::Request&&, http::Reply reply) {
    if (held.size() < 5) {
      held.push_back(std::move(reply));
      if (held.size() == 5) load_->stop(20ms);
    } else {
      reply(labelled("cat"));
    }
  });
  run(plan(1'000'000, 1ms));
  EXPECT_GE(total().unanswered, 5U);
  EXPECT_EQ(total().sent, total().ended());
  EXPECT_LT(total().sent, 1'000'000U);
  EXPECT_FALSE(load_->sending());
}

TEST_F(OpenLoopTest, EachClassSendsItsOwnConstraints) {
  std::vector<std::string> seen;
  serve([&](http::Request&& request, http::Reply reply) {
    seen.push_back(std::string(request.headers.find("x-paragon-slo-class")) + "|" +
                   std::string(request.headers.find("authorization")) + "|" + request.path + "|" +
                   request.body);
    reply(labelled("cat"));
  });
  LoadPlan its_plan = plan(0, 0ms);
  its_plan.classes.push_back({"relaxed", 1s, {}});
  its_plan.classes[1].headers.add("x-paragon-slo-class", "relaxed");
  its_plan.headers.add("authorization", "Bearer secret");
  its_plan.next = [i = 0U]() mutable -> std::optional<Due> {
    if (i == 2) return std::nullopt;
    const Due due{20ms * i, i};
    ++i;
    return due;
  };
  run(std::move(its_plan));
  EXPECT_EQ(seen, (std::vector<std::string>{
                      "|Bearer secret|/v2/models/t/infer|a picture of a cat",
                      "relaxed|Bearer secret|/v2/models/t/infer|a picture of a dog"}));
  EXPECT_EQ(load_->tally().classes()[1].sent, 1U);
}

TEST_F(OpenLoopTest, AnEmptyScheduleEndsAtOnce) {
  serve([](http::Request&&, http::Reply reply) { reply(status(200)); });
  run(plan(0, 1ms));
  EXPECT_EQ(total().sent, 0U);
}

}  // namespace
}  // namespace paragon
