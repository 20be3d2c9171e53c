using Spool.Server;
using Spool.Server.Tests;
using Spool.TestKit;
using Spool.Tests;

namespace Spool.Remote.Tests;

/// <summary>A writer whose token the server takes no more.</summary>
public sealed class TokenTests
{
    const string Token = "the-token-0123456789";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Options_that_are_printed_hold_no_secret()
    {
        var options = new RemoteThreadStoreOptions(new Uri("https://ann:the-password@store.example:7443/")) { Token = Token };

        Assert.Equal("RemoteThreadStoreOptions { Address = https://store.example:7443, Token = hidden }", $"{options}");
        Assert.Equal(
            "RemoteThreadStoreOptions { Address = unknown, Token = none }",
            $"{new RemoteThreadStoreOptions(new Uri("a", UriKind.Relative))}"
        );
    }

    [
        Theory,
        InlineData("another-token-0123456789", ThreadStoreErrorCode.Unauthenticated, "A valid token is needed"),
        InlineData(Token + " read", ThreadStoreErrorCode.PermissionDenied, "may only read"),
        Guarantee("REMO-77")
    ]
    public async Task A_writer_whose_token_is_refused_says_so_and_goes_on_when_it_is_valid_again(
        string without,
        ThreadStoreErrorCode code,
        string reason
    )
    {
        await using var memory = new InMemoryThreadStore();
        var source = new ChangingSource<TokenTable>();
        await using var server = await RunningServer.StartAsync(
            memory,
            with: options => options with { Tokens = TokenTable.Parse(Token), RereadTokens = source.ReadAsync, Time = source.Time }
        );
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                Token = Token,
                MaxPause = TimeSpan.FromMilliseconds(200),
            }
        );
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);

        await source.GiveAsync(TokenTable.Parse(without));
        for (var i = 0; i < 3; i++)
        {
            var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () => await AppendAsync("refused"));
            Assert.Equal(code, refused.Code);
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(code, (await Assert.ThrowsAsync<ThreadStoreException>(async () => await writer.PersistAsync(Cancellation))).Code);

        await source.GiveAsync(TokenTable.Parse(Token));
        AppendReceipt receipt;
        try
        {
            receipt = await AppendAsync("comes");
        }
        catch (ThreadStoreException e) when (e.Code == code)
        {
            receipt = await AppendAsync("comes"); // a refusal from before was still on its way
        }
        await writer.ShutDownAsync(Cancellation);

        Assert.Equal((1, 2), (receipt.FirstOrdinal, writer.NextOrdinal));
        Assert.False(writer.LostToken.IsCancellationRequested);

        ValueTask<AppendReceipt> AppendAsync(string text) => writer.AppendAsync(new AppendRequest([Appending.Item(text)]), Cancellation);
    }

    [Theory, InlineData(false), InlineData(true), Guarantee("REMO-61")]
    public async Task What_a_stream_had_begun_when_its_token_was_taken_away_is_not_called_refused(bool stopsWaiting)
    {
        await using var memory = new InMemoryThreadStore();
        await using var slow = new SlowStore(memory, stopsWaiting);
        var source = new ChangingSource<TokenTable>();
        await using var server = await RunningServer.StartAsync(
            slow,
            with: options => options with { Tokens = TokenTable.Parse(Token), RereadTokens = source.ReadAsync, Time = source.Time }
        );
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                Token = Token,
                MaxPause = TimeSpan.FromMilliseconds(200),
            }
        );
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);

        var append = writer
            .AppendAsync(new AppendRequest([Appending.Item("begun")]) { Durability = Durability.Fsynced }, Cancellation)
            .AsTask();
        await slow.Begun.WaitAsync(Cancellation);
        await source.GiveAsync(TokenTable.Parse("another-token-0123456789"));
        slow.GoOn();

        Assert.Equal(1, (await append).FirstOrdinal);
    }

    // Whoever stops waiting for its appends does not stop them.
    sealed class SlowStore(IThreadStore inner, bool stopsWaiting) : BreaksAppends(inner)
    {
        readonly SemaphoreSlim _going = new(0);

        public SemaphoreSlim Begun { get; } = new(0);

        public void GoOn() => _going.Release();

        protected override async ValueTask<AppendReceipt> AppendAsync(
            IThreadWriter writer,
            AppendRequest request,
            CancellationToken cancellationToken
        )
        {
            Begun.Release();
            return await StoreAsync(writer, request).WaitAsync(stopsWaiting ? cancellationToken : CancellationToken.None);
        }

        async Task<AppendReceipt> StoreAsync(IThreadWriter writer, AppendRequest request)
        {
            await _going.WaitAsync(CancellationToken.None);
            return await writer.AppendAsync(request, CancellationToken.None);
        }
    }
}
