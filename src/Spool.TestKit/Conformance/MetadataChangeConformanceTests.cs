using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for names, memory modes and repository states that are changed.</summary>
public class MetadataChangeConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly string[] MemoryModes = ["disabled", "enabled", "disabled"];
    static readonly GitInfo Git = new("abc123", "main", "https://example.invalid/app.git");

    /// <summary>META-01.</summary>
    [Fact, Guarantee("META-01")]
    public async Task A_new_name_is_shown_by_find_list_and_search_and_by_every_store()
    {
        var (store, other) = (await OpenAsync(Threads()), await OpenAsync([]));
        foreach (var id in Ids)
        {
            var changed = await store.UpdateAsync(id, new ThreadPatch { Name = Change.To("  Größer é中😀 ") }, Cancellation);
            Assert.Equal("Größer é中😀", changed.Thread.Name);
            foreach (var reader in new[] { store, other, await OpenAsync([]) })
            {
                Assert.Equal(changed.Thread, await reader.FindAsync(id, Cancellation));
                Assert.Contains(changed.Thread, await reader.EverythingAsync(Cancellation));
                Assert.Contains(
                    id,
                    (await reader.ListAllAsync(new ThreadQuery { SearchTerm = "GRÖßER É中" }, Cancellation)).Select(thread => thread.Id)
                );
            }
        }
    }

    /// <summary>META-02.</summary>
    [Fact, Guarantee("META-02")]
    public async Task A_cleared_name_is_gone_wherever_it_came_from()
    {
        var named = SampleHome.Thread(6).Event("thread_name_updated", $"\"thread_id\":\"{SeedIds.Id(6)}\",\"thread_name\":\"In the log\"");
        var store = await OpenAsync([.. Threads(), SampleHome.Thread(5).ToSeed(name: "Given"), named.ToSeed()]);
        await store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Name = Change.To("First") }, Cancellation);
        foreach (var id in new[] { SeedIds.Id(1), SeedIds.Id(5), SeedIds.Id(6) })
        {
            Assert.NotNull((await store.GetAsync(id, Cancellation)).Name);
            Assert.Null((await store.UpdateAsync(id, new ThreadPatch { Name = Change.Clear<string>() }, Cancellation)).Thread.Name);
            Assert.Null((await store.GetAsync(id, Cancellation)).Name);
            Assert.Null((await (await OpenAsync([])).GetAsync(id, Cancellation)).Name);
        }
        Assert.Equal(
            "Again",
            (await store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Name = Change.To("Again") }, Cancellation)).Thread.Name
        );
    }

    /// <summary>META-03.</summary>
    [Fact, Guarantee("META-03")]
    public Task A_memory_mode_is_changed_and_changed_back() =>
        ForEachWayAsync(
            async (thread, update) =>
            {
                foreach (var mode in MemoryModes)
                {
                    await update(new ThreadPatch { MemoryMode = mode });
                    Assert.Equal(mode, (await thread()).MemoryMode);
                }
            }
        );

    /// <summary>META-04.</summary>
    [Fact, Guarantee("META-04")]
    public Task A_repository_state_is_changed_part_by_part_and_cleared() =>
        ForEachWayAsync(
            async (thread, update) =>
            {
                await update(
                    new ThreadPatch
                    {
                        CommitHash = Change.To(Git.CommitHash!),
                        Branch = Change.To(Git.Branch!),
                        RepositoryUrl = Change.To(Git.RepositoryUrl!),
                    }
                );
                Assert.Equal(Git, (await thread()).GitInfo);
                await update(new ThreadPatch { Branch = Change.To("feature/é") });
                Assert.Equal(Git with { Branch = "feature/é" }, (await thread()).GitInfo);
                await update(new ThreadPatch { RepositoryUrl = Change.Clear<string>(), CommitHash = Change.To("def456") });
                Assert.Equal(new GitInfo("def456", "feature/é", null), (await thread()).GitInfo);
                await update(new ThreadPatch { CommitHash = Change.Clear<string>(), Branch = Change.Clear<string>() });
                Assert.Null((await thread()).GitInfo);
                await update(new ThreadPatch { Branch = Change.To("again") });
                Assert.Equal(new GitInfo(null, "again", null), (await thread()).GitInfo);
            }
        );

    /// <summary>META-05.</summary>
    [Fact, Guarantee("META-05")]
    public Task What_a_patch_leaves_out_stays() =>
        ForEachWayAsync(
            async (thread, update) =>
            {
                await update(
                    new ThreadPatch
                    {
                        Name = Change.To("Name"),
                        MemoryMode = "disabled",
                        Branch = Change.To("main"),
                    }
                );
                await update(new ThreadPatch { CommitHash = Change.To("abc") });
                await update(new ThreadPatch { MemoryMode = "enabled" });
                await update(new ThreadPatch { Name = Change.To("Other") });

                var now = await thread();
                Assert.Equal(("Other", "enabled", new GitInfo("abc", "main", null)), (now.Name, now.MemoryMode, now.GitInfo));
            }
        );

    /// <summary>META-06.</summary>
    [Fact, Guarantee("META-06")]
    public async Task The_same_change_again_changes_nothing()
    {
        var store = await OpenAsync(Threads());
        var patch = new ThreadPatch
        {
            Name = Change.To("Name"),
            MemoryMode = "disabled",
            Branch = Change.To("main"),
            CommitHash = Change.Clear<string>(),
        };
        foreach (var id in Ids)
        {
            var first = await store.UpdateAsync(id, patch, Cancellation);
            var history = (await store.HistoryAsync(id, Cancellation)).Texts();
            Assert.Equal(first.Thread, (await store.UpdateAsync(id, patch, Cancellation)).Thread);
            Assert.Equal(history, (await store.HistoryAsync(id, Cancellation)).Texts());
        }
    }

    /// <summary>META-07.</summary>
    [Fact, Guarantee("META-07")]
    public async Task An_empty_patch_only_reads()
    {
        var store = await OpenAsync(Threads());
        foreach (var id in Ids)
            Assert.Equal(await store.FindAsync(id, Cancellation), (await store.UpdateAsync(id, new ThreadPatch(), Cancellation)).Thread);
    }

    /// <summary>META-08.</summary>
    [Fact, Guarantee("META-08")]
    public async Task An_archived_thread_can_be_changed_and_stays_archived()
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(SeedPlace.Archived), SampleHome.Thread(2).ToSeed(SeedPlace.Archived)]);
        foreach (var id in Ids)
        {
            var changed = (
                await store.UpdateAsync(
                    id,
                    new ThreadPatch
                    {
                        Name = Change.To("Old"),
                        MemoryMode = "disabled",
                        Branch = Change.To("main"),
                    },
                    Cancellation
                )
            ).Thread;
            Assert.Equal(("Old", "disabled", "main"), (changed.Name, changed.MemoryMode, changed.GitInfo?.Branch));
            Assert.NotNull(changed.ArchivedAt);
            Assert.Equal(changed, await (await OpenAsync([])).FindAsync(id, Cancellation));
        }
    }

    /// <summary>META-09.</summary>
    [Fact, Guarantee("META-09")]
    public async Task Changes_move_no_thread_in_a_list_by_creation()
    {
        var store = await OpenAsync(SampleHome.Ties(8, 2));
        var before = (await store.EverythingAsync(Cancellation)).Ids();
        for (var number = 0; number < 8; number += 3)
            await store.UpdateAsync(
                SeedIds.Id(number),
                new ThreadPatch
                {
                    Name = Change.To("Name"),
                    MemoryMode = "disabled",
                    Branch = Change.To("main"),
                },
                Cancellation
            );

        Assert.Equal(before, (await store.EverythingAsync(Cancellation)).Ids());
        Assert.Equal(before, (await (await OpenAsync([])).EverythingAsync(Cancellation)).Ids());
    }

    /// <summary>META-10.</summary>
    [Fact, Guarantee("META-10")]
    public async Task Changes_only_add_to_a_history_and_make_no_turn()
    {
        var store = await OpenAsync(Threads());
        foreach (var id in Ids)
        {
            var (history, turns) = (
                (await store.HistoryAsync(id, Cancellation)).Texts(),
                (await store.AllTurnsAsync(new ListTurnsRequest(id), Cancellation)).Texts()
            );
            var before = await store.GetAsync(id, Cancellation);
            await store.UpdateAsync(
                id,
                new ThreadPatch
                {
                    Name = Change.To("Name"),
                    MemoryMode = "disabled",
                    Branch = Change.To("main"),
                },
                Cancellation
            );

            Assert.Equal(history, (await store.HistoryAsync(id, Cancellation)).Texts().Take(history.Length));
            Assert.Equal(turns, (await store.AllTurnsAsync(new ListTurnsRequest(id), Cancellation)).Texts());
            var after = await store.GetAsync(id, Cancellation);
            Assert.Equal(
                (before.CreatedAt, before.Preview, before.Cwd, before.Source, before.RecencyAt),
                (after.CreatedAt, after.Preview, after.Cwd, after.Source, after.RecencyAt)
            );
        }
    }

    /// <summary>META-11.</summary>
    [Fact, Guarantee("META-11")]
    public async Task What_is_written_later_does_not_undo_a_change()
    {
        var store = await OpenAsync(Threads());
        foreach (var number in StoreWriting.BothModes)
        {
            await store.UpdateAsync(
                SeedIds.Id(number),
                new ThreadPatch
                {
                    Name = Change.To("Kept"),
                    MemoryMode = "disabled",
                    Branch = Change.To("kept"),
                },
                Cancellation
            );
            await store.ContinueAsync(SeedIds.Id(number), SampleHome.Turns(number, 3).Items(9), Cancellation);

            var thread = await (await OpenAsync([])).GetAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal(("Kept", "disabled", new GitInfo(null, "kept", null)), (thread.Name, thread.MemoryMode, thread.GitInfo));
        }
    }

    /// <summary>META-12.</summary>
    [Fact, Guarantee("META-12")]
    public async Task A_change_through_the_writer_stores_what_waits_first()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number);
            await using var writer = await store.CreateAsync(log, Cancellation);
            await writer.AppendAsync(log.Items(), Durability.Buffered, Cancellation);
            var changed = await writer.UpdateAsync(new ThreadPatch { Name = Change.To("Named"), MemoryMode = "disabled" }, Cancellation);

            Assert.Equal(
                ("Named", "disabled", $"Question {number}", true),
                (changed.Thread.Name, changed.Thread.MemoryMode, changed.Thread.Preview, writer.IsStored)
            );
            var history = await store.HistoryAsync(log.Thread(), Cancellation);
            Assert.Equal(log.Lines.Texts(), history.Take(log.Lines.Count).Texts());
            Assert.Equal(history[^1].Ordinal + 1, writer.NextOrdinal);
        }
    }

    /// <summary>META-13.</summary>
    [Fact, Guarantee("META-13")]
    public async Task An_unknown_thread_cannot_be_changed()
    {
        var store = await OpenAsync(Threads());

        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.NotFound,
            async () => await store.UpdateAsync(SeedIds.Id(99), new ThreadPatch { Name = Change.To("No thread") }, Cancellation)
        );
        Assert.Equal(2, (await store.EverythingAsync(Cancellation)).Count);
    }

    /// <summary>META-14.</summary>
    [Fact, Guarantee("META-14")]
    public async Task A_damaged_thread_can_be_named_and_no_line_of_it_is_lost()
    {
        var store = await OpenAsync(SampleHome.Conditions());
        foreach (var thread in await store.EverythingAsync(Cancellation))
        {
            var history = (await store.HistoryAsync(thread.Id, Cancellation)).Texts();
            Assert.Equal(
                thread with
                {
                    Name = "Found",
                },
                (await store.UpdateAsync(thread.Id, new ThreadPatch { Name = Change.To("Found") }, Cancellation)).Thread with
                {
                    Revision = thread.Revision,
                }
            );
            Assert.Equal(history, (await store.HistoryAsync(thread.Id, Cancellation)).Texts());
        }
    }

    /// <summary>META-15.</summary>
    [Fact, Guarantee("META-15")]
    public async Task A_name_that_repeats_the_preview_is_none_but_one_that_was_given_to_a_paginated_thread()
    {
        var logged = StoreWriting.BothModes.Select(number =>
            SampleHome
                .Thread(number + 2)
                .Event("thread_name_updated", $"\"thread_id\":\"{SeedIds.Id(number + 2)}\",\"thread_name\":\"Question {number + 2}\"")
        );
        var store = await OpenAsync([.. Threads(), .. logged.Select(log => log.ToSeed())]);
        foreach (var number in StoreWriting.BothModes)
        {
            var id = SeedIds.Id(number);
            var before = await store.GetAsync(id, Cancellation);
            var given = (await store.UpdateAsync(id, new ThreadPatch { Name = Change.To($" {before.Preview} ") }, Cancellation)).Thread;

            Assert.Equal(
                before with
                {
                    Name = before.HistoryMode == HistoryModes.Paginated ? before.Preview : null,
                    Revision = given.Revision,
                },
                given
            );
            Assert.Equal(given, await ReadAsync(id));
            Assert.Equal("Other", (await store.UpdateAsync(id, new ThreadPatch { Name = Change.To("Other") }, Cancellation)).Thread.Name);
            Assert.Null((await store.GetAsync(SeedIds.Id(number + 2), Cancellation)).Name);
        }
    }

    /// <summary>META-16.</summary>
    [Fact, Guarantee("META-16")]
    public async Task A_log_that_is_not_understood_gets_a_name_and_no_line()
    {
        var store = await OpenAsync(SampleHome.Conditions());
        foreach (var (number, code) in new[] { (5, ThreadStoreErrorCode.Corrupt), (6, ThreadStoreErrorCode.Unsupported) })
        {
            var id = SeedIds.Id(number);
            var (before, history) = (await store.GetAsync(id, Cancellation), (await store.HistoryAsync(id, Cancellation)).Texts());
            await StoreReading.RefusesAsync(
                code,
                async () =>
                    await store.UpdateAsync(id, new ThreadPatch { Branch = Change.To("main"), Name = Change.To("Name") }, Cancellation)
            );
            await StoreReading.RefusesAsync(
                code,
                async () => await store.UpdateAsync(id, new ThreadPatch { MemoryMode = "disabled" }, Cancellation)
            );

            Assert.Equal(before, await ReadAsync(id));
            Assert.Equal(history, (await store.HistoryAsync(id, Cancellation)).Texts());
            Assert.Equal("Name", (await store.UpdateAsync(id, new ThreadPatch { Name = Change.To("Name") }, Cancellation)).Thread.Name);
        }
    }

    static ThreadId[] Ids => [.. StoreWriting.BothModes.Select(number => SeedIds.Id(number))];

    static IEnumerable<ThreadSeed> Threads() => StoreWriting.BothModes.Select(number => SampleHome.Thread(number).ToSeed());

    // In both modes, through the store and through a writer; each state is read from another store.
    async Task ForEachWayAsync(Func<Func<Task<StoredThread>>, Func<ThreadPatch, Task>, Task> test)
    {
        var store = await OpenAsync([.. Threads(), SampleHome.Thread(3).ToSeed(), SampleHome.Thread(4).ToSeed()]);
        foreach (var number in StoreWriting.BothModes)
        {
            await test(
                () => ReadAsync(SeedIds.Id(number)),
                async patch => await store.UpdateAsync(SeedIds.Id(number), patch, Cancellation)
            );
            await using var writer = await store.ResumeAsync(SeedIds.Id(number + 2), Cancellation);
            await test(() => ReadAsync(SeedIds.Id(number + 2)), async patch => await writer.UpdateAsync(patch, Cancellation));
        }
    }

    async Task<StoredThread> ReadAsync(ThreadId threadId) => await (await OpenAsync([])).GetAsync(threadId, Cancellation);
}
