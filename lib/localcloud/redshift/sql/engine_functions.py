"""Functions of the engine that Redshift does not have, by what they are for.

Redshift's own are listed at https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html; what it left out of
PostgreSQL at https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html
"""

from __future__ import annotations

_AGGREGATES = """
    string_agg array_agg every xmlagg corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2
    regr_slope regr_sxx regr_sxy regr_syy mode range_agg range_intersect_agg bit_xor merge_action
"""
_ARRAYS = """
    array_append array_prepend array_cat array_length array_dims array_lower array_upper array_ndims array_remove
    array_replace array_fill array_to_json array_reverse array_sample array_shuffle cardinality unnest string_to_array
    string_to_table trim_array generate_subscripts
"""
_TIMES = """
    clock_timestamp statement_timestamp transaction_timestamp justify_days justify_hours justify_interval
    make_date make_time make_timestamp make_timestamptz make_interval date_bin date_subtract
"""
_NUMBERS = """
    div setseed width_bucket gcd lcm factorial min_scale trim_scale scale erf erfc gamma lgamma random_normal log10
    sinh cosh tanh asinh acosh atanh sind cosd tand cotd asind acosd atand atan2d bit_count num_nulls num_nonnulls
    numnode to_bin to_oct hashtext
"""
_TEXTS = """
    overlay bit_length convert_from convert_to encode format quote_nullable regexp_matches regexp_match
    regexp_split_to_array regexp_split_to_table regexp_like starts_with unistr normalize is_normalized concat_ws
    parse_ident casefold unicode_assigned levenshtein metaphone dmetaphone sha224 sha256 sha384 sha512 crc32c
"""
_JSON = """
    json_agg json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique jsonb_agg jsonb_agg_strict
    jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique to_json to_jsonb row_to_json json_build_object
    json_build_array json_object json_object_keys json_each json_each_text json_array_elements json_extract_path
    json_array_elements_text json_populate_record json_populate_recordset json_to_record json_to_recordset
    json_strip_nulls jsonb_build_object jsonb_build_array jsonb_object jsonb_object_keys jsonb_each jsonb_each_text
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_populate_record jsonb_populate_recordset
    jsonb_to_record jsonb_to_recordset jsonb_set jsonb_set_lax jsonb_insert jsonb_pretty jsonb_strip_nulls jsonb_typeof
    jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_path_exists jsonb_path_match
    jsonb_extract_path jsonb_extract_path_text
"""
_TYPES = """
    gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version point box circle lseg polygon pclose
    popen npoints isclosed isopen diagonal bound_box int4range int8range numrange daterange tsrange tstzrange
    int4multirange nummultirange datemultirange range_merge isempty lower_inc upper_inc lower_inf upper_inf host
    hostmask masklen netmask network broadcast abbrev inet_merge inet_same_family set_masklen enum_first enum_last
    enum_range xmlelement xmlforest xmlparse xmlcomment xmlexists xmltext xpath xpath_exists xml_is_well_formed
    query_to_xml table_to_xml cursor_to_xml schema_to_xml database_to_xml to_tsvector to_tsquery plainto_tsquery
    phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline ts_rewrite ts_stat setweight
"""
_CATALOG = """
    nextval currval setval lastval pg_typeof pg_column_size pg_relation_size pg_total_relation_size pg_table_size
    pg_indexes_size pg_database_size pg_size_pretty pg_size_bytes pg_current_snapshot pg_current_xact_id txid_current
    txid_current_if_assigned txid_current_snapshot txid_status pg_trigger_depth pg_blocking_pids pg_input_is_valid
    pg_input_error_info pg_collation_for current_query inet_client_addr inet_client_port inet_server_addr
    inet_server_port to_regclass to_regtype to_regproc to_regnamespace to_regrole row_security_active
"""
_SERVER = """
    pg_sleep pg_sleep_for pg_sleep_until pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock
    pg_advisory_unlock_all pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared
    pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared
    pg_notify pg_listening_channels pg_notification_queue_usage pg_read_file pg_read_binary_file pg_stat_file pg_ls_dir
    pg_ls_logdir pg_ls_waldir pg_ls_tmpdir pg_ls_archive_statusdir pg_reload_conf pg_rotate_logfile pg_promote
    pg_switch_wal pg_create_restore_point pg_backup_start pg_backup_stop pg_current_wal_lsn pg_walfile_name
    pg_export_snapshot pg_log_backend_memory_contexts pg_log_standby_snapshot pg_logical_emit_message pg_config
    pg_create_logical_replication_slot pg_create_physical_replication_slot pg_drop_replication_slot pg_stat_reset
    pg_stat_reset_shared pg_stat_reset_slru pg_control_system pg_control_init pg_control_checkpoint pg_current_logfile
    pg_relation_filepath pg_tablespace_location pg_hba_file_rules pg_show_all_file_settings lo_creat lo_create lo_open
    lo_close lo_unlink lo_import lo_export lo_from_bytea lo_get lo_put
"""
SERVER = frozenset(_SERVER.split())
"""What works on the server and not on data: refused in queries of the catalog, too."""
FUNCTIONS = SERVER.union(*(names.split() for names in (_AGGREGATES, _ARRAYS, _TIMES, _NUMBERS, _TEXTS, _JSON))).union(
    *(names.split() for names in (_TYPES, _CATALOG))
)
"""Functions of the engine that a client's query may not call."""
