using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A store with an option that is wrong is not made.</summary>
public sealed class RemoteOptionsTests
{
    static readonly RemoteThreadStoreOptions Right = new(new Uri("http://127.0.0.1:1"));

    public static TheoryData<string, Func<RemoteThreadStoreOptions, RemoteThreadStoreOptions>> OutOfRange =>
        new()
        {
            { nameof(Right.ConnectTimeout), options => options with { ConnectTimeout = TimeSpan.Zero } },
            { nameof(Right.ConnectTimeout), options => options with { ConnectTimeout = TimeSpan.MaxValue } },
            { nameof(Right.CallTimeout), options => options with { CallTimeout = TimeSpan.Zero } },
            { nameof(Right.CallTimeout), options => options with { CallTimeout = TimeSpan.MaxValue } },
            { nameof(Right.CallTimeout), options => options with { CallTimeout = TimeSpan.FromTicks(-1) } },
            { nameof(Right.ConnectTimeout), options => options with { ConnectTimeout = TimeSpan.FromDays(25) } },
            { nameof(Right.ChangeTimeout), options => options with { ChangeTimeout = TimeSpan.Zero } },
            { nameof(Right.ChangeTimeout), options => options with { ChangeTimeout = TimeSpan.MaxValue } },
            { nameof(Right.RetryFor), options => options with { RetryFor = TimeSpan.FromTicks(-1) } },
            { nameof(Right.CloseFor), options => options with { CloseFor = TimeSpan.FromTicks(-1) } },
            { nameof(Right.ResolveFor), options => options with { ResolveFor = TimeSpan.FromTicks(-1) } },
            { nameof(Right.MaxPause), options => options with { MaxPause = TimeSpan.FromTicks(-1) } },
            { nameof(Right.KeepAlive), options => options with { KeepAlive = TimeSpan.Zero } },
            { nameof(Right.KeepAlive), options => options with { KeepAlive = TimeSpan.MaxValue } },
            { nameof(Right.MaxBytesUnderWay), options => options with { MaxBytesUnderWay = 0 } },
            { nameof(Right.MaxBytesUnderWay), options => options with { MaxBytesUnderWay = -1 } },
            { nameof(Right.MaxBatchedBytes), options => options with { MaxBatchedBytes = 0 } },
            { nameof(Right.MaxMessageBytes), options => options with { MaxMessageBytes = 0 } },
            { nameof(Right.Owner), options => options with { Owner = null! } },
            { nameof(Right.Time), options => options with { Time = null! } },
        };

    [Theory, Guarantee("CONN-08")]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void A_remote_store_with_an_option_out_of_range_is_not_made(
        string option,
        Func<RemoteThreadStoreOptions, RemoteThreadStoreOptions> with
    )
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new RemoteThreadStore(with(Right)));

        Assert.Contains($"The option {option} has to be ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1:1/path")]
    [InlineData("http://user@127.0.0.1:1")]
    public void An_address_that_is_none_of_a_server_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => new RemoteThreadStore(new RemoteThreadStoreOptions(new Uri(address))));

    [Fact]
    public void No_address_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RemoteThreadStore(new RemoteThreadStoreOptions(null!)));

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    public void What_is_no_token_is_refused(string token) =>
        Assert.Throws<ArgumentException>(() => new RemoteThreadStore(Right with { Token = token }));
}
