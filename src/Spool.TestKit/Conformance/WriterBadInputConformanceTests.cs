using System.Text;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for what cannot be written: it is refused with a documented code and nothing of it is kept.</summary>
public partial class WriterBadInputConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly string[] BadTypes = ["", "Event", "event msg", "event-msg", "event\"", "event\n", "événement", "event\0", new('a', 65)];
    static readonly string[] BadPayloads =
    [
        "",
        " ",
        "{",
        "[]",
        "null",
        "\"{}\"",
        "{\n}",
        "{\r}",
        "{\"a\":\"b\nc\"}",
        "{}\n",
        "\n{}",
        "{} ",
    ];
    static readonly string[] BadMetadata = ["{\n}", "{}\n", "{}\r"];
    static readonly string[] IdsOfPaths = ["d2ba5f68-c5a4-869f-a6c6-d573706f6f6c", "00000000-0000-8000-8000-0073706f6f6c"];
    static readonly string[] IdsPastTime = ["e677d21f-dc00-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"];
    static readonly string[] BadNames =
    [
        "",
        " ",
        "\u00a0",
        "two\nlines",
        "two\rlines",
        "two\u0085lines",
        "two\u2028lines",
        "two\u2029lines",
        "a\0b",
        "tab\there",
        "bell\a",
        "\ud800",
        "x\udc00y",
        new('n', ThreadPatch.MaxNameLength + 1),
        Repeat("😀", ThreadPatch.MaxNameLength + 1),
        Repeat("e\u0301", ThreadPatch.MaxNameLength + 1),
        "e" + new string('\u0301', StoredThread.MaxTextLength),
    ];

    // Of one, two and four UTF-16 units: a letter with its accent, an emoji, a flag.
    static readonly string[] LongNames =
    [
        .. new[] { "n", "é", "e\u0301", "中", "😀", "👍🏽", "🇩🇪" }.Select(character => Repeat(character, ThreadPatch.MaxNameLength)),
    ];

    /// <summary>WBAD-01.</summary>
    [Fact, Guarantee("WBAD-01")]
    public async Task After_a_shut_down_every_call_is_refused()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        foreach (
            var end in new Func<IThreadWriter, ValueTask>[]
            {
                writer => writer.ShutDownAsync(Cancellation),
                writer => writer.DiscardAsync(Cancellation),
            }
        )
        {
            await using var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
            await end(writer);
            foreach (var call in WriteCalls.Of(writer, Cancellation))
                await StoreReading.RefusesAsync(ThreadStoreErrorCode.InvalidRequest, call);
            await end(writer);
        }
        Assert.Equal(SampleHome.Thread(1).Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
    }

    /// <summary>WBAD-02.</summary>
    [Fact, Guarantee("WBAD-02")]
    public Task The_type_of_an_item_is_a_word_of_small_letters_digits_and_underscores() =>
        RefusesItemsAsync(ThreadStoreErrorCode.InvalidRequest, [.. BadTypes.Select(type => new NewItem(type, "{}"u8.ToArray()))]);

    /// <summary>WBAD-03.</summary>
    [Fact, Guarantee("WBAD-03")]
    public Task A_payload_is_one_object_in_one_line() =>
        RefusesItemsAsync(
            ThreadStoreErrorCode.InvalidRequest,
            [.. BadPayloads.Select(payload => new NewItem("event_msg", Encoding.UTF8.GetBytes(payload)))]
        );

    /// <summary>WBAD-14: what was acknowledged is never called damage later.</summary>
    [Fact, Guarantee("WBAD-14")]
    public async Task The_strings_of_an_item_are_text()
    {
        byte[][] texts =
        [
            @"\ud83d"u8.ToArray(),
            @"\udc00"u8.ToArray(),
            @"\ud83d\ud83d\ude00"u8.ToArray(),
            [0xFF, 0xFE],
            [0xED, 0xA0, 0xBD],
            [1],
            [0x1F],
            [0xC3],
            "\t"u8.ToArray(),
        ];
        var payloads = texts
            .SelectMany(text =>
                (byte[][])
                    [
                        [.. "{\"type\":\"note\",\"message\":\"a"u8, .. text, .. "\"}"u8],
                        [.. "{\"type\":\"note\",\"a"u8, .. text, .. "\":1}"u8],
                    ]
            )
            .ToList();
        await RefusesItemsAsync(
            ThreadStoreErrorCode.InvalidRequest,
            [
                .. payloads.Select(payload => new NewItem("event_msg", payload)),
                .. texts.Select(text => StoreWriting.Notes("fine")[0] with { Metadata = (byte[])[.. "{\"a\":\""u8, .. text, .. "\"}"u8] }),
            ]
        );

        // What is refused can be stored when it is mended, and a head is no exception.
        var store = await OpenAsync([]);
        var log = SampleHome.Log(10, SeedIds.Epoch);
        foreach (var text in texts)
        {
            var head = log.Head();
            var odd = (byte[])[.. head.Payload.Span[..^1], .. ",\"odd\":\""u8, .. text, .. "\"}"u8];
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                () => store.CreateAsync(new CreateRequest(log.Thread(), head with { Payload = odd }), Cancellation).AsTask()
            );
        }
        await using (var writer = await store.CreateAsync(log, Cancellation))
        {
            await writer.AppendAsync([.. payloads.Select(payload => new NewItem("event_msg", payload).Mended())], Cancellation);
            await writer.ShutDownAsync(Cancellation);
        }
        var thread = await store.FindAsync(log.Thread(), Cancellation);
        Assert.Equal(ThreadCondition.Ok, thread!.State);
        await using var resumed = await store.ResumeAsync(log.Thread(), Cancellation);
        Assert.Equal(payloads.Count + 1, resumed.NextOrdinal);
    }

    /// <summary>WBAD-04.</summary>
    [Fact, Guarantee("WBAD-04")]
    public Task Metadata_is_in_one_line() =>
        RefusesItemsAsync(
            ThreadStoreErrorCode.InvalidRequest,
            [.. BadMetadata.Select(metadata => StoreWriting.Notes("fine")[0] with { Metadata = Encoding.UTF8.GetBytes(metadata) })]
        );

    /// <summary>WBAD-05.</summary>
    [Fact, Guarantee("WBAD-05")]
    public async Task An_item_over_the_size_limit_is_refused_and_the_largest_one_is_stored()
    {
        await RefusesItemsAsync(ThreadStoreErrorCode.TooLarge, [Sized(Harness.MaxItemBytes), Sized(Harness.MaxItemBytes + 1L)]);

        var store = await OpenAsync([]);
        var log = SampleHome.Log(10, SeedIds.Epoch);
        await using var writer = await store.CreateAsync(log, Cancellation);
        var large = Sized(Harness.MaxItemBytes - 1000);
        await writer.AppendAsync([large], Cancellation);
        var stored = (await store.HistoryAsync(log.Thread(), Cancellation))[^1];
        Assert.True(large.Payload.Span.SequenceEqual(stored.Payload.Span));
    }

    /// <summary>WBAD-07.</summary>
    [Fact, Guarantee("WBAD-07")]
    public async Task A_missing_request_is_misuse()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.CreateAsync(null!, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
            await store.CreateAsync(new CreateRequest(SeedIds.Id(2), null!), Cancellation)
        );
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ResumeAsync(null!, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.UpdateAsync(SeedIds.Id(1), null!, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ForkAsync(null!, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.RevertAsync(SeedIds.Id(1), null!, Cancellation));
        var untyped = new NewItem(null!, "{}"u8.ToArray());
        await FailsByItsTaskAsync(() => store.CreateAsync(new CreateRequest(SeedIds.Id(2), untyped), Cancellation).AsTask());
        await using var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
        await FailsByItsTaskAsync(() => writer.AppendAsync([untyped], Cancellation).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await writer.AppendAsync((AppendRequest)null!, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await writer.AppendAsync([null!], Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await writer.AppendAsync(new AppendRequest(null!), Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await writer.UpdateAsync(null!, Cancellation));

        static async Task FailsByItsTaskAsync(Func<Task> call) =>
            Assert.IsAssignableFrom<ArgumentException>(await TaskErrors.OfAsync(call));
    }

    /// <summary>WBAD-08.</summary>
    [Fact, Guarantee("WBAD-08")]
    public Task A_name_is_one_line_of_text() =>
        RefusesPatchesAsync([.. BadNames.Select(name => new ThreadPatch { Name = Change.To(name) })]);

    /// <summary>WBAD-09.</summary>
    [Fact, Guarantee("WBAD-09")]
    public Task A_memory_mode_and_the_parts_of_a_repository_state_are_words() =>
        RefusesPatchesAsync([
            new ThreadPatch { MemoryMode = "" },
            new ThreadPatch { MemoryMode = "Enabled" },
            new ThreadPatch { MemoryMode = "polluted" },
            new ThreadPatch { Branch = Change.To("") },
            new ThreadPatch { CommitHash = Change.To("two\nlines") },
            new ThreadPatch { Branch = Change.To("\ud800") },
            new ThreadPatch { RepositoryUrl = Change.To(new string('u', ThreadPatch.MaxNameLength + 1)) },
            new ThreadPatch { Name = Change.To("Fine"), MemoryMode = "other" },
        ]);

    /// <summary>WBAD-10.</summary>
    [Fact, Guarantee("WBAD-10")]
    public async Task A_thread_with_nothing_to_store_cannot_be_changed_through_its_writer()
    {
        var store = await OpenAsync([]);
        await using var writer = await store.CreateAsync(SampleHome.Log(1, SeedIds.Epoch), Cancellation);
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await writer.UpdateAsync(new ThreadPatch { Name = Change.To("Too early") }, Cancellation)
        );

        Assert.Empty(await store.EverythingAsync(Cancellation));
    }

    static NewItem Sized(long bytes) =>
        new("event_msg", Encoding.UTF8.GetBytes($"{{\"type\":\"note\",\"text\":\"{new string('x', (int)bytes)}\"}}"));

    async Task RefusesItemsAsync(ThreadStoreErrorCode code, NewItem[] items)
    {
        var store = await OpenAsync(SampleHome.Thread(2));
        await using var created = await store.CreateAsync(SampleHome.Log(1, SeedIds.Epoch), Cancellation);
        await using var resumed = await store.ResumeAsync(SeedIds.Id(2), Cancellation);
        foreach (var writer in new[] { created, resumed })
        {
            var next = writer.NextOrdinal;
            foreach (var item in items)
            {
                await StoreReading.RefusesAsync(code, async () => await writer.AppendAsync([item], Cancellation));
                await StoreReading.RefusesAsync(
                    code,
                    async () =>
                        await writer.AppendAsync([.. StoreWriting.Notes("before"), item, .. StoreWriting.Notes("behind")], Cancellation)
                );
            }
            Assert.Equal(next, writer.NextOrdinal);
            await writer.AppendAsync(StoreWriting.Notes("goes on"), Cancellation);
            Assert.Equal(StoreWriting.Notes("goes on").NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
        }
    }

    /// <summary>WBAD-12.</summary>
    [Fact, Guarantee("WBAD-12")]
    public async Task The_characters_of_a_name_are_counted_as_people_count_them()
    {
        var (store, other) = (await OpenAsync(SampleHome.Thread(1)), await OpenAsync([]));
        foreach (var name in LongNames)
        {
            Assert.Equal(
                name,
                (await store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Name = Change.To(name) }, Cancellation)).Thread.Name
            );
            Assert.Equal(name, (await other.FindAsync(SeedIds.Id(1), Cancellation))?.Name);
        }
        await store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Branch = Change.To(LongNames[^1]) }, Cancellation);

        Assert.Equal(LongNames[^1], (await other.FindAsync(SeedIds.Id(1), Cancellation))?.GitInfo?.Branch);
    }

    /// <summary>WBAD-13.</summary>
    [Fact, Guarantee("WBAD-13")]
    public async Task A_value_that_an_enum_does_not_have_is_misuse()
    {
        var store = await OpenAsync([SampleHome.Turns(1, 2).ToSeed(), SampleHome.Turns(2, 2).ToSeed()]);
        await using var created = await store.CreateAsync(SampleHome.Log(3, SeedIds.Epoch), Cancellation);
        await using var resumed = await store.ResumeAsync(SeedIds.Id(2), Cancellation);
        var before = await store.HistoryAsync(SeedIds.Id(2), Cancellation);
        foreach (var number in (int[])[-1, 1000, int.MaxValue])
        {
            await IsMisuseAsync(async () => await store.ListAsync(new ThreadQuery { Sort = (ThreadSort)number }, Cancellation));
            await IsMisuseAsync(async () => await store.ListAsync(new ThreadQuery { Direction = (SortDirection)number }, Cancellation));
            await IsMisuseAsync(async () => await store.ListAsync(new ThreadQuery { Archive = (ArchiveFilter)number }, Cancellation));
            await IsMisuseAsync(async () => await store.ListAsync(new ThreadQuery { Visibility = (ThreadVisibility)number }, Cancellation));
            await IsMisuseAsync(async () =>
                await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(1)) { Direction = (SortDirection)number }, Cancellation)
            );
            await IsMisuseAsync(async () =>
                await store.ResumeAsync(new ResumeRequest(SeedIds.Id(1)) { OnDamage = (DamagedLog)number }, Cancellation)
            );
            foreach (var writer in (IThreadWriter[])[created, resumed])
            {
                var next = writer.NextOrdinal;
                await IsMisuseAsync(async () =>
                    await writer.AppendAsync(
                        new AppendRequest(StoreWriting.Notes("never")) { Durability = (Durability)number },
                        Cancellation
                    )
                );
                await IsMisuseAsync(async () =>
                    await writer.AppendAsync(new AppendRequest([]) { Durability = (Durability)number }, Cancellation)
                );
                await IsMisuseAsync(async () => await writer.FlushAsync((Durability)number, Cancellation));
                Assert.Equal(next, writer.NextOrdinal);
            }
        }
        Assert.False(created.IsStored);
        Assert.Equal(before.Count, (await store.HistoryAsync(SeedIds.Id(2), Cancellation)).Count);
        await using (var free = await store.ResumeAsync(SeedIds.Id(1), Cancellation))
            await free.AppendAsync(StoreWriting.Notes("goes on"), Cancellation);
        await resumed.AppendAsync(StoreWriting.Notes("goes on"), Cancellation);

        Assert.Equal(StoreWriting.Notes("goes on").NoteTexts(), (await store.HistoryAsync(SeedIds.Id(2), Cancellation)).NoteTexts());
    }

    /// <summary>CORE-21.</summary>
    [Fact, Guarantee("CORE-21")]
    public async Task A_change_that_is_malformed_is_so_whether_the_thread_is_there_or_not()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        foreach (var threadId in new[] { SeedIds.Id(1), SeedIds.Id(7) })
        {
            foreach (
                var patch in new[]
                {
                    new ThreadPatch { Name = Change.To("two\nlines") },
                    new ThreadPatch { MemoryMode = "polluted" },
                    new ThreadPatch { Branch = Change.To("") },
                }
            )
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await store.UpdateAsync(threadId, patch, Cancellation)
                );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () =>
                    await store.ForkAsync(
                        new ForkRequest(threadId, SeedIds.Id(9)) { SessionMeta = NewItem.FromJson("session_meta", "{}") },
                        Cancellation
                    )
            );
        }
    }

    static async Task IsMisuseAsync(Func<Task> call) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            call().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancellation)
        );

    static string Repeat(string character, int count) => string.Concat(Enumerable.Repeat(character, count));

    async Task RefusesPatchesAsync(ThreadPatch[] patches)
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(name: "Before"), SampleHome.Thread(2).ToSeed()]);
        var before = await store.EverythingAsync(Cancellation);
        await using (var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation))
        {
            foreach (var patch in patches)
            {
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await writer.UpdateAsync(patch, Cancellation)
                );
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await store.UpdateAsync(SeedIds.Id(2), patch, Cancellation)
                );
            }
        }
        Assert.Equal(before, await store.EverythingAsync(Cancellation));
        Assert.Equal(before, await (await OpenAsync([])).EverythingAsync(Cancellation));
    }
}
