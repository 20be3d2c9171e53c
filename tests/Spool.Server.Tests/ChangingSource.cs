using System.Threading.Channels;

namespace Spool.Server.Tests;

/// <summary>Gives a server something new at a moment that the test chooses.</summary>
/// <typeparam name="T">What changes.</typeparam>
sealed class ChangingSource<T>
    where T : class
{
    readonly Channel<int> _asked = Channel.CreateUnbounded<int>();
    readonly Channel<Func<T?>> _answers = Channel.CreateUnbounded<Func<T?>>();

    public ManualTime Time { get; } = new();

    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        _asked.Writer.TryWrite(0);
        return (await _answers.Reader.ReadAsync(cancellationToken))();
    }

    public Task GiveAsync(T changed) => GiveAsync(() => changed);

    /// <summary>Gives an answer, and returns when the server has done with it.</summary>
    public async Task GiveAsync(Func<T?> answer)
    {
        await AskedAsync();
        _answers.Writer.TryWrite(answer);
        await AskedAsync(); // it asks again only afterwards
        _answers.Writer.TryWrite(() => null);
    }

    async Task AskedAsync()
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }
}
