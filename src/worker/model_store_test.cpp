// The store with loads that finish when the test says so.
#include "worker/model_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace paragon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using State = ModelStore::State;

// Variants a, b, c of 100 MB and `huge` of 1000 MB (each with the process in it).
Catalog four_variants() {
  Catalog::Parts parts;
  parts.tasks.emplace_back();
  parts.tasks[0].name = "t";
  for (const char* name : {"a", "b", "c", "huge"}) {
    Variant variant;
    variant.name = name;
    variant.memory = megabytes(std::string(name) == "huge" ? 1000 : 100);
    parts.variants.push_back(variant);
    parts.profiles.push_back({std::chrono::milliseconds(1), std::chrono::milliseconds(1), {}});
  }
  auto built = Catalog::build(std::move(parts));
  EXPECT_TRUE(built) << built.error().message;
  return *std::move(built);
}

constexpr VariantId kA{0}, kB{1}, kC{2}, kHuge{3};

// Room for the process and two of the variants.
constexpr Memory two_of_100() { return megabytes(2 * 100 - ModelStore::kProcess.value); }

class ModelStoreTest : public testing::Test {
 protected:
  Catalog catalog_ = four_variants();
  std::deque<std::pair<VariantId, ModelStore::Loaded>> loads_;
  ModelStore store_{catalog_, two_of_100(),
                    [this](VariantId id, auto done) { loads_.emplace_back(id, std::move(done)); }};
  std::vector<std::string> log_;
  std::vector<ModelStore::Lease> leases_;

  void finish_load() {
    auto [id, done] = std::move(loads_.front());
    loads_.pop_front();
    auto model = std::make_shared<Model>();
    model->id = id;
    model->variant = &catalog_.variant(id);
    done(std::move(model));
  }
  void ask(VariantId id, bool keep = false) {
    store_.acquire(id, [this, id, keep](Result<ModelStore::Lease> lease) {
      log_.push_back(lease ? catalog_.variant(id).name : lease.error().message);
      if (lease && keep) leases_.push_back(*std::move(lease));
    });
  }
  void have(VariantId id) {
    ask(id);
    while (!loads_.empty()) finish_load();
    log_.clear();
  }
};

TEST_F(ModelStoreTest, OneLoadHoweverManyAsk) {
  EXPECT_FALSE(store_.find(kA));
  ask(kA);
  ask(kA);
  EXPECT_EQ(loads_.size(), 1U);
  EXPECT_EQ(store_.state(kA), State::loading);
  finish_load();
  EXPECT_THAT(log_, ElementsAre("a", "a"));
  EXPECT_TRUE(store_.find(kA));
  EXPECT_EQ(store_.used().value, 100);
}

TEST_F(ModelStoreTest, TheLeastRecentlyUsedMakesRoom) {
  have(kA);
  have(kB);
  EXPECT_TRUE(store_.find(kA));
  EXPECT_FALSE(store_.has_room(kC));
  have(kC);
  EXPECT_EQ(store_.state(kA), State::ready);
  EXPECT_EQ(store_.state(kB), State::unloaded);
  EXPECT_EQ(store_.state(kC), State::ready);
}

TEST_F(ModelStoreTest, WhatIsInUseStaysAndTheLoadWaits) {
  ask(kA, true);
  ask(kB, true);
  finish_load();
  finish_load();
  ask(kC);
  EXPECT_TRUE(loads_.empty());
  EXPECT_EQ(store_.state(kC), State::loading);
  leases_.erase(leases_.begin());  // a's
  EXPECT_EQ(store_.state(kA), State::unloaded);
  ASSERT_EQ(loads_.size(), 1U);
  finish_load();
  EXPECT_THAT(log_, ElementsAre("a", "b", "c"));
}

TEST_F(ModelStoreTest, WhatCanNeverFitIsRefusedAtOnce) {
  ask(kHuge);
  EXPECT_TRUE(loads_.empty());
  EXPECT_THAT(log_, ElementsAre(HasSubstr("'huge' needs 1000 MB of memory and the limit is ")));
  EXPECT_THAT(store_.last_failure(kHuge), HasSubstr("--memory-mb"));
}

TEST_F(ModelStoreTest, AFailedLoadIsToldAndTriedAgain) {
  ask(kA);
  loads_.front().second(Error{ErrorCode::invalid, "broken"});
  loads_.pop_front();
  EXPECT_THAT(log_, ElementsAre("broken"));
  EXPECT_EQ(store_.last_failure(kA), "broken");
  EXPECT_EQ(store_.used(), ModelStore::kProcess);
  have(kA);
  EXPECT_EQ(store_.last_failure(kA), "");
}

TEST_F(ModelStoreTest, UnloadingWaitsForTheLastUser) {
  ask(kA, true);
  finish_load();
  store_.unload(kA);
  EXPECT_EQ(store_.state(kA), State::unloading);
  EXPECT_FALSE(store_.find(kA));
  leases_.clear();
  EXPECT_EQ(store_.state(kA), State::unloaded);
  EXPECT_EQ(store_.peek(kA), nullptr);
  store_.unload(kA);  // again is fine
}

TEST_F(ModelStoreTest, AskedForWhileUnloadingItStays) {
  ask(kA, true);
  finish_load();
  store_.unload(kA);
  ask(kA);
  leases_.clear();
  EXPECT_EQ(store_.state(kA), State::ready);
}

}  // namespace
}  // namespace paragon
