using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of <see cref="IThreadStore.FindAsync"/>.</summary>
public class FindConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>FIND-01.</summary>
    [Fact, Guarantee("FIND-01")]
    public async Task Find_gives_what_the_log_says()
    {
        foreach (var mode in new[] { null, HistoryModes.Legacy, HistoryModes.Paginated })
        {
            var head = new RolloutHead(SeedIds.Id(1), SeedIds.Epoch)
            {
                HistoryMode = mode,
                Source = "\"exec\"",
                Cwd = "/home/dev/größe",
                ModelProvider = "azure",
                CliVersion = "0.169.0",
                Originator = "codex_exec",
                Git = new GitInfo("0123abcd", "main", "https://example.com/r.git"),
            };
            var store = await OpenAsync(RolloutLines.From(head).Wait(TimeSpan.FromSeconds(1)).Turn("What is 1+1?", "2"));
            var expected = new StoredThread
            {
                Id = head.Id,
                Preview = "What is 1+1?",
                CreatedAt = head.CreatedAt,
                RecencyAt = head.CreatedAt.AddMilliseconds(1001),
                UpdatedAt = head.CreatedAt.AddMilliseconds(1008),
                Cwd = head.Cwd,
                Source = new SessionSource(head.Source),
                ModelProvider = "azure",
                Model = "mock-model",
                ReasoningEffort = "high",
                CliVersion = "0.169.0",
                Originator = "codex_exec",
                GitInfo = head.Git,
                HistoryMode = mode ?? HistoryModes.Legacy,
                TokensUsed = 101,
            };

            var found = await store.FindAsync(head.Id, Cancellation);
            Assert.Equal(expected with { Revision = found?.Revision ?? "" }, found);
        }
    }

    /// <summary>FIND-02.</summary>
    [Fact, Guarantee("FIND-02")]
    public async Task Find_of_an_unknown_thread_is_null()
    {
        var store = await OpenAsync(SampleHome.Thread(1));

        Assert.Null(await store.FindAsync(SeedIds.Id(2), Cancellation));
        Assert.Null(await store.FindAsync(default, Cancellation));
    }

    /// <summary>FIND-03.</summary>
    [Fact, Guarantee("FIND-03")]
    public async Task Find_gives_archived_threads_too_and_says_so()
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed(SeedPlace.Archived)]);

        var active = await store.FindAsync(SeedIds.Id(1), Cancellation);
        var archived = await store.FindAsync(SeedIds.Id(2), Cancellation);
        Assert.NotNull(active);
        Assert.Null(active.ArchivedAt);
        Assert.NotNull(archived);
        Assert.NotNull(archived.ArchivedAt);
    }

    /// <summary>FIND-04.</summary>
    [Fact, Guarantee("FIND-04")]
    public async Task A_name_that_a_user_gave_is_shown_and_nothing_is_made_up_without_one()
    {
        var store = await OpenAsync([SampleHome.Thread(2).ToSeed(name: "Müll & <more>"), SampleHome.Thread(4).ToSeed()]);

        Assert.Equal("Müll & <more>", (await store.FindAsync(SeedIds.Id(2), Cancellation))?.Name);
        var unnamed = await store.FindAsync(SeedIds.Id(4), Cancellation);
        Assert.NotNull(unnamed);
        Assert.Null(unnamed.Name);
    }

    /// <summary>FIND-05.</summary>
    [Fact, Guarantee("FIND-05")]
    public async Task The_preview_is_the_first_user_message_without_what_clients_put_before_it()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var store = await OpenAsync(
                SampleHome.Log(number, SeedIds.Epoch).Turn("<context>\n## My request for Codex:\n  Fix the \"bug\" \n").Turn("Second")
            );

            Assert.Equal("Fix the \"bug\"", (await store.FindAsync(SeedIds.Id(number), Cancellation))?.Preview);
        }
    }

    /// <summary>FIND-06.</summary>
    [Fact, Guarantee("FIND-06")]
    public async Task Without_a_user_message_the_preview_is_empty_and_the_times_are_those_of_the_creation()
    {
        var store = await OpenAsync([RolloutLines.Legacy(SeedIds.Id(1), SeedIds.Epoch).ToSeed()]);

        var thread = await store.FindAsync(SeedIds.Id(1), Cancellation);
        Assert.NotNull(thread);
        Assert.Equal("", thread.Preview);
        Assert.Equal((SeedIds.Epoch, SeedIds.Epoch, SeedIds.Epoch), (thread.CreatedAt, thread.UpdatedAt, thread.RecencyAt));
    }

    /// <summary>FIND-07.</summary>
    [Fact, Guarantee("FIND-07")]
    public async Task Find_and_list_give_the_same_record()
    {
        var store = await OpenAsync([.. Conditions(), SampleHome.Thread(8).ToSeed(SeedPlace.Archived, "Old")]);

        var listed = await store.ListAllAsync(
            new ThreadQuery { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All },
            Cancellation
        );
        Assert.Equal(Conditions().Count + 1, listed.Count);
        foreach (var thread in listed)
            Assert.Equal(thread, await store.FindAsync(thread.Id, Cancellation));
    }

    /// <summary>FIND-08.</summary>
    [Fact, Guarantee("FIND-08")]
    public async Task A_copied_head_of_another_thread_says_nothing_about_this_one()
    {
        var other = new RolloutHead(SeedIds.Id(9), SeedIds.Epoch.AddDays(-1))
        {
            Source = "\"exec\"",
            Cwd = "/other",
            ModelProvider = "other",
            CliVersion = "9",
        };
        var log = RolloutLines
            .From(new RolloutHead(SeedIds.Id(1), SeedIds.Epoch) { ForkedFrom = other.Id })
            .Item("session_meta", other.ToPayload())
            .Turn("Mine");
        var store = await OpenAsync(log);

        var thread = await store.FindAsync(SeedIds.Id(1), Cancellation);
        Assert.NotNull(thread);
        Assert.Equal(
            ("cli", "/home/dev/app", "openai", "0.128.0"),
            (thread.Source.Kind, thread.Cwd, thread.ModelProvider, thread.CliVersion)
        );
        Assert.Equal((SeedIds.Epoch, (ThreadId?)other.Id), (thread.CreatedAt, thread.ForkedFromId));
        Assert.Null(await store.FindAsync(other.Id, Cancellation));
    }

    /// <summary>FIND-09.</summary>
    [Fact, Guarantee("FIND-09")]
    public async Task A_sub_agent_knows_its_parent_and_its_depth()
    {
        RolloutHead Child(int number, int parent) =>
            new(SeedIds.Id(number), SeedIds.Epoch.AddMinutes(number)) { Parent = SeedIds.Id(parent), Source = "{\"subagent\":\"review\"}" };
        var spawned = new RolloutHead(SeedIds.Id(4), SeedIds.Epoch.AddMinutes(4))
        {
            Source =
                $$$$"""{"subagent":{"thread_spawn":{"parent_thread_id":"{{{{SeedIds.Id(1)}}}}","depth":3,"agent_path":"/root/a","agent_nickname":"Ada","agent_role":"worker"}}}""",
        };
        var store = await OpenAsync([
            SampleHome.Thread(1).ToSeed(),
            RolloutLines.From(Child(2, 1)).Turn("Child").ToSeed(),
            RolloutLines.From(Child(3, 2)).Turn("Grandchild").ToSeed(),
            RolloutLines.From(spawned).Turn("Spawned").ToSeed(),
        ]);

        var threads = await store.ListAllAsync(new ThreadQuery { Direction = SortDirection.Ascending }, Cancellation);
        Assert.Equal([null, SeedIds.Id(1), SeedIds.Id(2), SeedIds.Id(1)], threads.Select(thread => thread.ParentThreadId));
        Assert.Equal([0, 1, 2, 3], threads.Select(thread => thread.Depth));
        Assert.Equal(("Ada", "worker", "/root/a"), (threads[3].AgentNickname, threads[3].AgentRole, threads[3].AgentPath));
    }

    /// <summary>FIND-11.</summary>
    [Fact, Guarantee("FIND-11")]
    public async Task The_depth_of_a_thread_is_known_whichever_thread_is_asked_for_first()
    {
        ThreadSeed Of(int number, int? parent) =>
            RolloutLines
                .From(
                    new RolloutHead(SeedIds.Id(number), SeedIds.Epoch.AddMinutes(number))
                    {
                        Parent = parent is { } id ? SeedIds.Id(id) : null,
                    }
                )
                .Turn("A turn")
                .ToSeed();
        var store = await OpenAsync([Of(1, null), Of(2, 1), Of(3, 2), Of(4, 3), Of(22, 99_999), Of(23, 22)]);

        Assert.Equal(3, (await store.GetAsync(SeedIds.Id(4), Cancellation)).Depth);
        Assert.Equal(2, (await store.GetAsync(SeedIds.Id(23), Cancellation)).Depth);
    }

    /// <summary>CORE-09.</summary>
    [Fact, Guarantee("CORE-09")]
    public async Task The_depth_of_a_thread_is_that_below_its_parents_those_that_are_gone_included()
    {
        const int chain = 103;
        ThreadSeed Of(int number, int? parent, string source = "\"cli\"") =>
            RolloutLines
                .From(
                    new RolloutHead(SeedIds.Id(number), SeedIds.Epoch.AddMinutes(number))
                    {
                        Parent = parent is { } id ? SeedIds.Id(id) : null,
                        Source = source,
                    }
                )
                .Turn("A turn")
                .ToSeed();
        var store = await OpenAsync([
            Of(1, null, """{"subagent":{"thread_spawn":{"depth":3}}}"""),
            Of(2, 99_999),
            Of(3, 2),
            Of(4, 1, """{"subagent":{"thread_spawn":{"depth":7}}}"""),
            Of(5, 6),
            Of(6, 5),
            .. Enumerable.Range(0, chain).Select(number => Of(100 + number, number == 0 ? null : 99 + number)),
        ]);

        var threads = await store.ListAllAsync(new ThreadQuery { Limit = 1000 }, Cancellation);
        Assert.Equal((109, 100), (threads.Count, threads.Max(thread => thread.Depth)));
        foreach (
            var (number, depth) in new[]
            {
                (1, 0),
                (2, 1),
                (3, 2),
                (4, 7),
                (5, 1),
                (6, 1),
                (100, 0),
                (101, 1),
                (199, 99),
                (200, 100),
                (201, 100),
                (202, 100),
            }
        )
        {
            Assert.Equal((number, depth), (number, threads.Single(thread => thread.Id == SeedIds.Id(number)).Depth));
            Assert.Equal((number, depth), (number, (await store.GetAsync(SeedIds.Id(number), Cancellation)).Depth));
        }
    }

    /// <summary>FIND-10.</summary>
    [Fact, Guarantee("FIND-10")]
    public async Task A_long_text_is_cut_at_its_bound_and_says_so()
    {
        const int max = StoredThread.MaxTextLength;
        var atTheBound = new string('b', max);
        // The bound falls into the middle of a character of two code units.
        var beyond = "early " + string.Concat(Enumerable.Repeat("\U0001F9F5", max)) + " late";
        var cut = beyond[..(max - 2)] + "…";
        foreach (var number in new[] { 1, 2 })
        {
            var head = new RolloutHead(SeedIds.Id(number + 2), SeedIds.Epoch)
            {
                HistoryMode = number == 1 ? HistoryModes.Paginated : null,
                Cwd = "/" + new string('c', 2 * max),
                Source = $"{{\"custom\":\"{new string('s', 2 * max)}\"}}",
                Git = new GitInfo("abc", new string('g', 2 * max), new string('u', 2 * max)),
                ModelProvider = new string('m', 2 * max),
            };
            var store = await OpenAsync([
                SampleHome.Log(number, SeedIds.Epoch).Turn(atTheBound).ToSeed(),
                RolloutLines.From(head).Turn(beyond).ToSeed(),
            ]);

            Assert.Equal(atTheBound, (await store.FindAsync(SeedIds.Id(number), Cancellation))?.Preview);
            var thread = await store.FindAsync(head.Id, Cancellation);
            Assert.NotNull(thread);
            Assert.Equal(cut, thread.Preview);
            Assert.Equal("/" + new string('c', max - 2) + "…", thread.Cwd);
            Assert.Equal("unknown", thread.Source.Kind);
            Assert.Equal(
                (new string('m', max - 1) + "…", new GitInfo("abc", new string('g', max - 1) + "…", new string('u', max - 1) + "…")),
                (thread.ModelProvider, thread.GitInfo)
            );
            Assert.Contains(thread, (await store.ListAsync(new ThreadQuery { SearchTerm = "EARLY" }, Cancellation)).Items);
            Assert.Empty((await store.ListAsync(new ThreadQuery { SearchTerm = "late" }, Cancellation)).Items);
        }
    }

    /// <summary>FIND-12.</summary>
    [Fact, Guarantee("FIND-12")]
    public async Task The_revision_of_a_thread_changes_with_every_change_of_it_and_with_nothing_else()
    {
        var store = await OpenAsync(SampleHome.Turns(9, 2));
        foreach (var number in StoreWriting.BothModes)
        {
            var id = SeedIds.Id(number);
            await store.WriteAsync(SampleHome.Turns(number, 3), Cancellation);
            var seen = new HashSet<string> { await RevisionAsync() };
            await store.UpdateAsync(id, new ThreadPatch { Name = Change.Clear<string>() }, Cancellation); // it has none
            Assert.Contains(await RevisionAsync(), seen);
            await using (var writer = await store.ResumeAsync(id, Cancellation))
            {
                Assert.Contains(await RevisionAsync(), seen);
                await writer.AppendAsync(StoreWriting.Notes("first"), Durability.Flushed, Cancellation);
                await ChangedAsync();
                await writer.AppendAsync(StoreWriting.Notes("other"), Durability.Flushed, Cancellation);
                await ChangedAsync();
                var named = await writer.UpdateAsync(new ThreadPatch { Name = Change.To("a name") }, Cancellation);
                Assert.Equal(await ChangedAsync(), named.Thread.Revision);
            }
            Assert.Contains(await RevisionAsync(), seen);
            await store.WriteAsync(SampleHome.Thread(number + 4), Cancellation);
            _ = await store.HistoryAsync(id, Cancellation);
            _ = await store.AllTurnsAsync(new ListTurnsRequest(id), Cancellation);
            Assert.Contains(await RevisionAsync(), seen);

            var patched = await store.UpdateAsync(id, new ThreadPatch { MemoryMode = "disabled" }, Cancellation);
            Assert.Equal(await ChangedAsync(), patched.Thread.Revision);
            var archived = await store.ArchiveAsync(id, Cancellation);
            var inArchive = await RevisionAsync();
            Assert.Equal(archived.Thread.Revision, inArchive);
            Assert.True(seen.Add(inArchive));
            await store.UnarchiveAsync(id, Cancellation);
            Assert.NotEqual(inArchive, await RevisionAsync());

            async ValueTask<string> RevisionAsync()
            {
                var revision = (await store.FindAsync(id, Cancellation))!.Revision;
                Assert.InRange(revision.Length, 1, 128);
                Assert.Equal(revision, (await store.EverythingAsync(Cancellation)).Single(thread => thread.Id == id).Revision);
                return revision;
            }

            async ValueTask<string> ChangedAsync()
            {
                var revision = await RevisionAsync();
                Assert.True(seen.Add(revision));
                return revision;
            }
        }
    }

    /// <summary>FIND-13.</summary>
    [Fact, Guarantee("FIND-13")]
    public async Task Other_items_in_the_place_of_those_that_were_taken_back_are_another_revision_and_opening_the_store_again_is_none()
    {
        var log = SampleHome.Turns(2, 1);
        var store = await OpenAsync(log);
        var id = log.Thread();
        var turn = (await store.AllTurnsAsync(new ListTurnsRequest(id), Cancellation))[^1].Id;
        var revisions = new List<string>();
        foreach (var word in new[] { "once", "then" })
        {
            await using (var writer = await store.ResumeAsync(id, Cancellation))
            {
                if (revisions.Count > 0)
                    await writer.AppendAsync(log.Items(), Durability.Flushed, Cancellation);
                await writer.AppendAsync(StoreWriting.Notes(word), Durability.Flushed, Cancellation);
            }
            revisions.Add((await store.FindAsync(id, Cancellation))!.Revision);
            if (word == "once")
                await store.RevertAsync(id, turn, Cancellation);
        }
        Assert.Distinct(revisions);
        await store.DisposeAsync();

        Assert.Equal(revisions[^1], (await (await OpenAsync([])).FindAsync(id, Cancellation))!.Revision);
    }
}
