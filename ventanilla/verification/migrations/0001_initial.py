import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ventanilla.lib.new_tables import NewTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('hubs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.SlugField(help_text='Never changes: it is in addresses.', max_length=120, unique=True, verbose_name='reference')),
                ('kind', models.CharField(choices=[('authority', 'Authority'), ('hotline', 'Hotline'), ('procedure', 'Procedure'), ('service', 'Service'), ('hub', 'Information hub'), ('agreement', 'Labour agreement'), ('programme', 'Programme'), ('job_board', 'Job board'), ('agency_register', 'Register of agencies'), ('fraud_warning', 'Fraud warning'), ('entrepreneurship', 'Entrepreneurship'), ('risk', 'Risk'), ('rumour', 'Rumour'), ('right', 'Right'), ('alert', 'Alert')], max_length=20, verbose_name='kind')),
                ('topics', models.JSONField(default=list, verbose_name='topics')),
                ('concept', models.SlugField(blank=True, default='', max_length=80, verbose_name='same thing in other countries')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='official names by language')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='further details')),
                ('confidence', models.CharField(choices=[('high', 'high'), ('medium', 'medium'), ('low', 'low'), ('none', 'no source')], max_length=10, verbose_name='confidence')),
                ('has_source', models.BooleanField(default=False)),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='checked on')),
                ('check_again_on', models.DateField(blank=True, null=True, verbose_name='check again on')),
                ('hide_on', models.DateField(blank=True, null=True, verbose_name='hidden from')),
                ('hidden_on', models.DateField(blank=True, null=True, verbose_name='hidden by hand on')),
                ('hidden_reason', models.CharField(blank=True, max_length=300, verbose_name='why it is hidden')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('pack_digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('edited_by_people', models.BooleanField(default=False, editable=False)),
                ('authority', models.ForeignKey(blank=True, limit_choices_to={'kind': 'authority'}, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answers_for', to='verification.fact', verbose_name='authority that answers for it')),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='hubs.country')),
            ],
            options={
                'verbose_name': 'fact',
                'verbose_name_plural': 'facts',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('check_again_on', None), ('checked_on', None), ('hide_on', None)), models.Q(('check_again_on__isnull', False), ('checked_on__isnull', False), ('hide_on__isnull', False)), _connector='OR'), name='fact_checked_means_a_next_check'), models.CheckConstraint(condition=models.Q(('checked_on', None), models.Q(('check_again_on__gt', models.F('checked_on')), ('hide_on__gte', models.F('check_again_on'))), _connector='OR'), name='fact_next_check_comes_later')],
            },
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('confirmed', 'Still correct'), ('changed', 'Changed'), ('hidden', 'Hidden'), ('shown', 'Shown again')], max_length=10)),
                ('at', models.DateTimeField()),
                ('source', models.URLField(blank=True, max_length=1000, verbose_name='source looked at')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='verification.fact')),
            ],
            options={
                'verbose_name': 'check',
            },
        ),
        migrations.CreateModel(
            name='PackConflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('noted_at', models.DateTimeField(verbose_name='noted')),
                ('fact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='conflict', to='verification.fact')),
            ],
            options={
                'verbose_name': 'conflict of a pack',
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(max_length=20, verbose_name='part')),
                ('values', models.JSONField(verbose_name='new values')),
                ('made_at', models.DateTimeField(verbose_name='proposed')),
                ('state', models.CharField(choices=[('open', 'Waiting'), ('approved', 'Approved'), ('rejected', 'Sent back'), ('withdrawn', 'Withdrawn')], default='open', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='verification.fact')),
            ],
            options={
                'verbose_name': 'proposal',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('fact', 'part'), name='proposal_one_open_a_part'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by', models.F('author')), _negated=True), _connector='OR'), name='proposal_decided_by_somebody_else'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='proposal_decided_iff_not_open')],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(max_length=1000, verbose_name='address')),
                ('publisher', models.CharField(blank=True, max_length=200, verbose_name='publisher')),
                ('title', models.CharField(blank=True, max_length=300, verbose_name='title')),
                ('seen_on', models.DateField(blank=True, help_text='The last possible day where only a year is known', null=True, verbose_name='seen on')),
                ('seen_precision', models.CharField(choices=[('day', 'exact day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5, verbose_name='how exact the date is')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('fact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='verification.fact')),
            ],
            options={
                'verbose_name': 'source',
                'constraints': [models.UniqueConstraint(fields=('fact', 'url'), name='source_once_per_fact')],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('summary', models.TextField(verbose_name='summary')),
                ('audience', models.TextField(blank=True, verbose_name='who it is for')),
                ('eligibility', models.TextField(blank=True, verbose_name='who can use it')),
                ('requirements', models.JSONField(blank=True, default=list, verbose_name='what to bring')),
                ('steps', models.JSONField(blank=True, default=list, verbose_name='steps')),
                ('offers', models.JSONField(blank=True, default=list, verbose_name='what it offers')),
                ('fee', models.TextField(blank=True, verbose_name='cost')),
                ('deadline', models.TextField(blank=True, verbose_name='deadline')),
                ('duration', models.TextField(blank=True, verbose_name='time it takes')),
                ('where', models.TextField(blank=True, verbose_name='where')),
                ('hours', models.TextField(blank=True, verbose_name='opening hours')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('legal_basis', models.TextField(blank=True, verbose_name='legal basis')),
                ('ask_like', models.JSONField(blank=True, default=list, verbose_name='people ask like this')),
                ('maker', models.CharField(choices=[('machine', 'Written by a machine, not reviewed by a speaker'), ('person', 'Written or reviewed by a speaker')], default='machine', max_length=10, verbose_name='maker')),
                ('changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed by people')),
                ('fact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='verification.fact')),
            ],
            options={
                'verbose_name': 'wording',
                'constraints': [models.UniqueConstraint(fields=('fact', 'language'), name='wording_once_per_language')],
            },
        ),
    ]
    operations = [NewTables(operations)]
