namespace Spool;

public sealed partial class LocalThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await _calls
            .ChangeAsync(
                change =>
                    _opening.CreateAsync(
                        request,
                        NewLog.Check(request.ThreadId, request.SessionMeta, _options.MaxItemBytes!.Value),
                        change.Token
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.OnDamage);
        return await _calls.ChangeAsync(change => _opening.ResumeAsync(request, change.Token), cancellationToken).ConfigureAwait(false);
    }
}
