using System.Threading.Channels;

namespace Spool.Server.Tests;

/// <summary>Gives a server new tokens at a moment that the test chooses.</summary>
sealed class TokenSource
{
    readonly Channel<int> _asked = Channel.CreateUnbounded<int>();
    readonly Channel<Func<TokenTable?>> _answers = Channel.CreateUnbounded<Func<TokenTable?>>();

    public ManualTime Time { get; } = new();

    public async ValueTask<TokenTable?> ReadAsync(CancellationToken cancellationToken)
    {
        _asked.Writer.TryWrite(0);
        return (await _answers.Reader.ReadAsync(cancellationToken))();
    }

    public Task GiveAsync(TokenTable table) => GiveAsync(() => table);

    /// <summary>Gives an answer, and returns when the server has done with it.</summary>
    public async Task GiveAsync(Func<TokenTable?> answer)
    {
        await AskedAsync();
        _answers.Writer.TryWrite(answer);
        await AskedAsync(); // it asks again only afterwards
        _answers.Writer.TryWrite(() => null);
    }

    async Task AskedAsync()
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        await _asked.Reader.ReadAsync(Given.Cancellation);
    }
}
