using System.Text;

namespace Spool.Cli.Tests;

/// <summary>What a program on a terminal has printed so far.</summary>
sealed class StreamText(StreamReader reader)
{
    readonly StringBuilder _text = new();

    /// <summary>Reads until a text was printed, and gives everything up to now.</summary>
    public async Task<string> UntilAsync(string wanted, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        while (!_text.ToString().Contains(wanted, StringComparison.Ordinal))
        {
            var read = await reader.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                throw new InvalidOperationException($"The end came before {wanted}: {_text}");
            _text.Append(buffer, 0, read);
        }
        return _text.ToString();
    }
}
